/** A layer of the view that is drawn on a canvas of its size, in CSS pixels. */
import { type Frame, ViewportLayer } from './viewport-layer.js';

const SHARPEST = 2;

export abstract class CanvasLayer extends ViewportLayer {
  protected readonly canvas: HTMLCanvasElement;

  constructor(pane: string) {
    const canvas = document.createElement('canvas');
    super(canvas, pane);
    this.canvas = canvas;
  }

  /** The emptied canvas, as large as the frame. */
  protected context(frame: Frame): CanvasRenderingContext2D {
    const ratio = Math.min(SHARPEST, window.devicePixelRatio || 1);
    this.canvas.width = frame.size.x * ratio;
    this.canvas.height = frame.size.y * ratio;
    const context = this.canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    return context;
  }
}
