/** Made by build/frame.ts. */
declare module "virtual:frame" {
  /** Of the document of output frames that this page was built with. */
  export const FRAME_ADDRESS: string;
}
