import { hkdfSync } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";

/** Values that travel through a browser, which can neither read nor change them. */
export interface Sealed {
  /** Good for `seconds` from now. */
  seal(claims: Readonly<Record<string, unknown>>, seconds: number): Promise<string>;
  /** Undefined when it is forged, of another purpose, or over. */
  open(text: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Sealed under a key of its own for `purpose`: what was made for one can't serve as another. */
export function createSealed(secret: string, purpose: string): Sealed {
  const key = keyOf(secret, purpose);
  return {
    seal: (claims, seconds) =>
      new EncryptJWT({ ...claims })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .encrypt(key),
    async open(text) {
      try {
        const { payload } = await jwtDecrypt(text, key, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
          requiredClaims: ["exp"],
        });
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}

/** 32 bytes from a configured secret. */
export function keyOf(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "boxoffice console", purpose, 32));
}
