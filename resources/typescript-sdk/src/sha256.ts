/** SHA-256 (FIPS 180-4): by WebCrypto for what is in memory, and in pieces, which WebCrypto can't, for what isn't. */

import type { Bytes } from "./sources.js";

/** The digest of some bytes, as 64 hex digits. */
export async function sha256(data: Bytes): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    return new Sha256().update(data).hex(); // a page that came by plain http from another machine has no WebCrypto
  }
  return hexOf(new Uint8Array(await subtle.digest("SHA-256", data)));
}

/** The digest of bytes that come in pieces. */
export class Sha256 {
  private readonly state = Uint32Array.of(
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  );
  private readonly words = new Uint32Array(64);
  private readonly block = new Uint8Array(BLOCK_BYTES);
  private inBlock = 0;
  private sizeBytes = 0;

  update(data: Uint8Array): this {
    this.sizeBytes += data.length;
    let at = 0;
    while (at < data.length) {
      if (this.inBlock === 0 && data.length - at >= BLOCK_BYTES) {
        this.compress(data, at);
        at += BLOCK_BYTES;
        continue;
      }
      const taken = Math.min(BLOCK_BYTES - this.inBlock, data.length - at);
      this.block.set(data.subarray(at, at + taken), this.inBlock);
      this.inBlock += taken;
      at += taken;
      if (this.inBlock === BLOCK_BYTES) {
        this.compress(this.block, 0);
        this.inBlock = 0;
      }
    }
    return this;
  }

  /** The digest as 64 hex digits. Nothing may be added after it. */
  hex(): string {
    const sizeBytes = this.sizeBytes;
    const padding = new Uint8Array(((this.inBlock < 56 ? 56 : 120) - this.inBlock) + 8);
    padding[0] = 0x80;
    const length = new DataView(padding.buffer, padding.length - 8);
    length.setUint32(0, Math.floor(sizeBytes / 0x2000_0000));
    length.setUint32(4, (sizeBytes << 3) >>> 0);
    this.update(padding);
    const digest = new Uint8Array(32);
    const view = new DataView(digest.buffer);
    this.state.forEach((word, index) => view.setUint32(index * 4, word));
    return hexOf(digest);
  }

  private compress(data: Uint8Array, at: number): void {
    const w = this.words;
    for (let i = 0; i < 16; i++) {
      const j = at + i * 4;
      w[i] = (data[j]! << 24) | (data[j + 1]! << 16) | (data[j + 2]! << 8) | data[j + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
      const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state as unknown as Eight;
    for (let i = 0; i < 64; i++) {
      const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0;
      const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      this.state[index] = this.state[index]! + word;
    });
  }
}

type Eight = [number, number, number, number, number, number, number, number];

const BLOCK_BYTES = 64;
const ROUNDS = roundConstants();

/** The first 32 bits of the fractions of the cube roots of the first 64 primes, as the standard makes them. */
function roundConstants(): Uint32Array {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < 64; candidate++) {
    if (!found.some((prime) => candidate % prime === 0n)) {
      found.push(candidate);
    }
  }
  return Uint32Array.from(found, (prime) => Number(cubeRoot(prime << 96n) & 0xffff_ffffn));
}

function cubeRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** 3n <= value) {
      low = middle;
    } else {
      high = middle - 1n;
    }
  }
  return low;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
