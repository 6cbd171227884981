"""QGIS's own WMS provider, headless: loads a layer, draws it in three coordinate systems, asks for a value.

Usage: qgis_check.py URL LAYER (with the Python that QGIS is installed for). Prints one line for each check; exit code 1 when one fails.
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRaster,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

url, layer = sys.argv[1:3]
failed = []


def check(name, good, detail=""):
    print("ok" if good else "not ok", name, detail)
    if not good:
        failed.append(name)


QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
WGS84 = QgsCoordinateReferenceSystem("EPSG:4326")
BOX = QgsRectangle(-80, 40, -60, 50)

for crs in ("EPSG:4326", "EPSG:3857", "EPSG:5937"):
    source = f"crs={crs}&format=image/png&layers={layer}&styles=fill&url={url}/wms&version=1.3.0"
    shown = QgsRasterLayer(source, layer, "wms")
    check(f"{crs} loads", shown.isValid())
    if not shown.isValid():
        continue
    system = QgsCoordinateReferenceSystem(crs)
    transform = QgsCoordinateTransform(WGS84, system, QgsProject.instance())
    box = transform.transformBoundingBox(BOX)
    settings = QgsMapSettings()
    settings.setLayers([shown])
    settings.setDestinationCrs(system)
    settings.setExtent(box)
    settings.setOutputSize(QSize(300, 200))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    middle = transform.transform(QgsPointXY(-70.2, 45.2))
    pixel = settings.mapToPixel().transform(middle)
    colour = image.pixelColor(int(pixel.x()), int(pixel.y())).name()
    check(f"{crs} draws", colour not in ("#ffffff", "#000000") and not job.errors(), colour)
    found = shown.dataProvider().identify(middle, QgsRaster.IdentifyFormatText, box, 300, 200)
    text = " ".join(str(value) for value in found.results().values())
    check(f"{crs} value", "value = " in text and "value = None" not in text, text.replace("\n", "; ")[:120])
    check(f"{crs} extent", shown.extent().isFinite() and not shown.extent().isEmpty(), shown.extent().toString(1))

app.exitQgis()
sys.exit(1 if failed else 0)
