/**
 * Certificates for servers of this machine. Node.js makes keys but no certificates: these few lines of ASN.1 spare the
 * repository a private key, and a test the day on which a stored certificate ends.
 */
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto"
// The object itself: a namespace cannot be changed.
import Tls from "node:tls"

/** What a server proves who it is with. */
export interface Identity {
  readonly key: string
  readonly cert: string
}

const tlv = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.from([tag, ...size]), content])
}

const sequence = (...parts: ReadonlyArray<Uint8Array>) => tlv(0x30, ...parts)
const explicit = (number: number, part: Uint8Array) => tlv(0xa0 + number, part)
const integer = (value: number) => tlv(0x02, Uint8Array.of(value))
const bits = (part: Uint8Array) => tlv(0x03, Uint8Array.of(0), part)
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"))
const time = (year: number) => tlv(0x18, Buffer.from(`${year}0101000000Z`))
const isTrue = tlv(0x01, Uint8Array.of(0xff))

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"))
const commonName = "550403"
const basicConstraints = "551d13"
const subjectAltName = "551d11"

/** A certificate that its own key has signed, for an IPv4 address or a name, from one year's beginning to another's. */
export const certify = (
  name: string,
  host: string,
  { from = 2000, until = 9999 }: { readonly from?: number; readonly until?: number } = {}
): Identity => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" }
  })
  const who = sequence(tlv(0x31, sequence(oid(commonName), tlv(0x0c, Buffer.from(name)))))
  const address = /^[\d.]+$/.test(host)
    ? tlv(0x87, Uint8Array.from(host.split("."), Number))
    : tlv(0x82, Buffer.from(host))
  const content = sequence(
    explicit(0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    who,
    sequence(time(from), time(until)),
    who,
    publicKey,
    explicit(
      3,
      sequence(
        sequence(oid(basicConstraints), isTrue, tlv(0x04, sequence(isTrue))),
        sequence(oid(subjectAltName), tlv(0x04, sequence(address)))
      )
    )
  )
  const signature = sign("sha256", content, createPrivateKey(privateKey))
  const base64 = sequence(content, ecdsaWithSha256, bits(signature)).toString("base64")
  return {
    key: privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`
  }
}

export const identities = {
  sound: certify("Sound", "127.0.0.1"),
  stranger: certify("Stranger", "127.0.0.1"),
  expired: certify("Expired", "127.0.0.1", { until: 2020 }),
  early: certify("Early", "127.0.0.1", { from: 9000 }),
  other: certify("Other", "elsewhere.invalid")
}

/**
 * Makes this process trust them all but the stranger; gives back what undoes it. Only the start of a process could say
 * so otherwise, and neither transport lets its connections be told.
 */
export const trust = (): () => void => {
  const { early, expired, other, sound } = identities
  const ca = [early, expired, other, sound].map(({ cert }) => cert)
  const { connect } = Tls
  const trusting = (options: Tls.ConnectionOptions, listener?: () => void) => connect({ ...options, ca }, listener)
  Object.assign(Tls, { connect: trusting })
  return () => void Object.assign(Tls, { connect })
}
