/** Neither publishes types. */
declare module "lz4js" {
  const lz4: {
    compress(data: Uint8Array): Uint8Array;
    decompress(data: Uint8Array, maxSize?: number): Uint8Array;
  };
  export default lz4;
}

declare module "snappyjs" {
  const snappy: {
    compress(data: Buffer): Buffer;
    uncompress(data: Buffer, maxLength?: number): Buffer;
  };
  export default snappy;
}
