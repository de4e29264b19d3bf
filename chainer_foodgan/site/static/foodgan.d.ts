/** What a picture may come as; its own pixels are read, upright as the browser shows it. */
export type Picture = ImageData | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | VideoFrame
  | HTMLImageElement | HTMLVideoElement

export interface LoadOptions {
  /** What computes; 'auto' takes WebGPU where its results agree with WebAssembly's. */
  provider?: 'auto' | 'wasm' | 'webgpu'
  /** Threads of WebAssembly, where the page is isolated from other origins (default: up to 4). */
  threads?: number
}

export interface TranslateOptions {
  /** How much of the change is taken: 0 is the photo, 1 the dish (default: 1). */
  strength?: number
  /** Whether all but the food stays as it is (default: false). */
  onlyFood?: boolean
  /** Pixels of the shorter side of what the network sees (default: that of its training). */
  size?: number
  /** Size of the result: the photo's, or the network's (default: 'photo'). */
  output?: 'photo' | 'network'
}

export class Translator {
  private constructor()

  /**
   * Fetches weights from the folder of this module.
   *
   * @param name One of those that weights.json lists, such as 'magical_rice_bowl_live'.
   * @throws Error There are no such weights, or the folder is not complete.
   */
  static load(name: string, options?: LoadOptions): Promise<Translator>

  /** What computes: 'wasm' or 'webgpu'. */
  readonly provider: 'wasm' | 'webgpu'
  /** Names of the dishes, in label order. */
  readonly dishes: string[]
  /** Pixels of the shorter side of the photos of the training. */
  readonly size: number

  /**
   * Changes the dish in a picture. Calls queue up.
   *
   * @param dish One of `dishes`, or shares of several that add up to 1: {ramen: 0.5, soba: 0.5}.
   * @returns RGBA, opaque, of the picture's size.
   * @throws Error There is no such dish.
   */
  translate(source: Picture, dish: string | Record<string, number>, options?: TranslateOptions): Promise<ImageData>
}
