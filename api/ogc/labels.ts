/** Names for people: parameters in two languages. */
import type { EdrParameter } from './edr-parameters.js';

const FRENCH: Readonly<Record<string, string>> = {
  TT: 'Température de l’air',
  TD: 'Point de rosée',
  ES: 'Écart du point de rosée',
  TW: 'Température du thermomètre mouillé',
  TH: 'Température potentielle',
  HU: 'Humidité spécifique',
  HR: 'Humidité relative',
  UU: 'Vent, composante X',
  VV: 'Vent, composante Y',
  UV: 'Vitesse du vent',
  WD: 'Direction du vent',
  WW: 'Mouvement vertical (pression)',
  WZ: 'Vitesse verticale',
  GZ: 'Hauteur géopotentielle',
  PN: 'Pression au niveau de la mer',
  P0: 'Pression à la surface',
  PX: 'Pression',
  QQ: 'Tourbillon absolu',
  QR: 'Tourbillon relatif',
  DD: 'Divergence',
  PV: 'Tourbillon potentiel',
  PR: 'Précipitation totale',
  PC: 'Précipitation convective',
  RN: 'Pluie',
  SN: 'Neige (équivalent en eau)',
  FR: 'Pluie verglaçante',
  PE: 'Grésil (équivalent en eau)',
  RT: 'Taux de précipitation',
  SD: 'Épaisseur de la neige',
  NT: 'Nébulosité totale',
  NB: 'Nuages bas',
  NM: 'Nuages moyens',
  NH: 'Nuages hauts',
  IH: 'Eau précipitable',
  TG: 'Température du sol',
  TM: 'Température de la mer',
  GL: 'Glace de mer',
  MG: 'Masque terre-mer',
  ME: 'Altitude de la surface',
  Z0: 'Longueur de rugosité',
  AL: 'Albédo',
  H: 'Hauteur de la couche limite',
  CAPE: 'Énergie potentielle convective disponible',
  CIN: 'Inhibition convective',
  WGE: 'Rafale estimée',
  WGX: 'Rafale maximale',
  VIS: 'Visibilité',
};

const FRENCH_SHORT: Readonly<Record<string, string>> = {
  '2t': 'Température à 2 m',
  '2d': 'Point de rosée à 2 m',
  '10u': 'Vent à 10 m, composante est',
  '10v': 'Vent à 10 m, composante nord',
  u: 'Vent, composante est',
  v: 'Vent, composante nord',
  '10si': 'Vitesse du vent à 10 m',
};

/** Label of a parameter under its key. */
export function labelOf({ key, nomvar, ref }: EdrParameter): { readonly en: string; readonly fr: string } {
  const en = ref.description || key;
  return { en, fr: FRENCH_SHORT[key] ?? FRENCH[nomvar] ?? en };
}
