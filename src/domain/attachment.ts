/** A file that a customer sends with a request or an answer. */
export type AttachmentType = 'image/jpeg' | 'image/png' | 'image/webp' | 'application/pdf'

const mega = 1024 * 1024

/** The limits. Sizes are bytes of the file as it was sent. */
export const attachmentLimits = {
  bytes: 10 * mega,
  perRequest: 10,
  /** Uploads of one customer in an hour, kept or refused. */
  perHour: 40,
  /** Files that were sent and belong to no request yet. */
  loose: 10,
  /** 16 megapixels: what a phone takes is 12, and the portal makes pictures smaller before it sends them. */
  pixels: 16_000_000,
  side: 12_000,
} as const

/** Why a file is not taken. Each has its sentence in `fileFaults`, and in the portal's languages by the same name. */
export const fileFaults = {
  empty: 'This file is empty.',
  too_large: 'This file is larger than 10 MB. Send a smaller one.',
  wrong_type: 'This is no JPEG, PNG or WebP picture and no PDF. Send one of these: a screenshot or a photo will do.',
  broken: 'This file can’t be read to its end. It may have been cut off: save it again and send it once more.',
  two_in_one: 'This file is two files in one, so it is not taken. Save the picture or the PDF again and send that.',
  too_many_pixels: 'This picture has more than 16 million pixels. Make it smaller, or send a screenshot of it.',
  active:
    'This PDF can run programs, send data or hold other files, so it is not taken. Print it to a new PDF and send that.',
  locked: 'This PDF has a password, so it can’t be checked. Save it without one.',
} as const
export type FileFault = keyof typeof fileFaults

/** What a file is by its content. Names and declared types are not asked: anybody can write them. */
export type Sniffed =
  | { readonly type: 'application/pdf' }
  | {
      readonly type: Exclude<AttachmentType, 'application/pdf'>
      readonly width: number
      readonly height: number
      /** How a camera says that the picture must be turned: EXIF's 1 to 8. */
      readonly orientation: number
    }

/** Finds out what a file is, or why it is not taken, without unpacking anything. Pure. */
export function sniff(bytes: Uint8Array): Sniffed | { readonly fault: FileFault } {
  if (bytes.length === 0) return { fault: 'empty' }
  if (bytes.length > attachmentLimits.bytes) return { fault: 'too_large' }
  if (startsWith(bytes, '%PDF-')) return { type: 'application/pdf' }
  const picture = readPicture(bytes)
  if (picture === undefined) return { fault: 'wrong_type' }
  if (picture === 'broken') return { fault: 'broken' }
  const { type, width, height, orientation, end } = picture
  if (width < 1 || height < 1) return { fault: 'broken' }
  if (width * height > attachmentLimits.pixels || Math.max(width, height) > attachmentLimits.side)
    return { fault: 'too_many_pixels' }
  // A phone's moving picture has a film behind it, which is dropped. An archive or a page behind a picture is a trick.
  if (hidesAnother(bytes.subarray(end))) return { fault: 'two_in_one' }
  return { type, width, height, orientation }
}

type Picture = {
  readonly type: Exclude<AttachmentType, 'application/pdf'>
  readonly width: number
  readonly height: number
  readonly orientation: number
  /** Where the picture ends in the file. */
  readonly end: number
}

function readPicture(bytes: Uint8Array): Picture | 'broken' | undefined {
  if (startsWith(bytes, '\xff\xd8\xff')) return readJpeg(bytes)
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return readPng(bytes)
  if (startsWith(bytes, 'RIFF') && textAt(bytes, 8, 4) === 'WEBP') return readWebp(bytes)
  return undefined
}

const textAt = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length))
const startsWith = (bytes: Uint8Array, text: string): boolean => textAt(bytes, 0, text.length) === text
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** JPEG (ITU-T T.81, annex B): segments until the end of the image, with the size from the frame header. */
function readJpeg(bytes: Uint8Array): Picture | 'broken' {
  const view = viewOf(bytes)
  let [width, height, orientation] = [0, 0, 1]
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return 'broken'
    const marker = bytes[at + 1]!
    if (marker === 0xff) at += 1
    else if (marker === 0xd9) break
    else {
      const length = view.getUint16(at + 2)
      if (length < 2 || at + 2 + length > bytes.length) return 'broken'
      if (isFrame(marker) && length >= 7) [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length)) ?? orientation
      at += 2 + length
      if (marker === 0xda) at = afterScan(bytes, at)
    }
  }
  if (bytes[at] !== 0xff || bytes[at + 1] !== 0xd9) return 'broken'
  return { type: 'image/jpeg', width, height, orientation, end: at + 2 }
}

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** In a scan FF 00 is a byte of data and FF D0 to D7 are restarts; any other marker ends it. */
function afterScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1]!
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

/** The orientation tag (0x0112) of EXIF 2.3 in its first directory. */
function exifOrientation(segment: Uint8Array): number | undefined {
  if (textAt(segment, 0, 6) !== 'Exif\0\0' || segment.length < 14) return undefined
  const tiff = viewOf(segment.subarray(6))
  const little = tiff.getUint16(0) === 0x4949
  const first = tiff.getUint32(4, little)
  if (first + 2 > tiff.byteLength) return undefined
  const count = tiff.getUint16(first, little)
  for (let entry = 0; entry < count; entry++) {
    const at = first + 2 + entry * 12
    if (at + 12 > tiff.byteLength) return undefined
    if (tiff.getUint16(at, little) !== 0x0112) continue
    const value = tiff.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** PNG (W3C, third edition): chunks until IEND, with the size from IHDR. */
function readPng(bytes: Uint8Array): Picture | 'broken' {
  const view = viewOf(bytes)
  if (bytes.length < 33 || textAt(bytes, 12, 4) !== 'IHDR') return 'broken'
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) return 'broken'
    if (textAt(bytes, at + 4, 4) === 'IEND') return { type: 'image/png', width, height, orientation: 1, end }
    at = end
  }
  return 'broken'
}

/** WebP (RFC 9649): the size stands in the first chunk, in one of three ways. */
function readWebp(bytes: Uint8Array): Picture | 'broken' {
  const view = viewOf(bytes)
  if (bytes.length < 30) return 'broken'
  const end = 8 + view.getUint32(4, true)
  if (end > bytes.length) return 'broken'
  const [width, height] = webpSize(view, textAt(bytes, 12, 4))
  return { type: 'image/webp', width, height, orientation: 1, end: end + (end % 2) }
}

function webpSize(view: DataView, chunk: string): readonly [number, number] {
  if (chunk === 'VP8X') return [1 + uint24(view, 24), 1 + uint24(view, 27)]
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)]
  }
  return chunk === 'VP8 ' ? [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff] : [0, 0]
}

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536

const beginnings = ['PK\x03\x04', 'PK\x05\x06', '%PDF-', 'Rar!\x1a', '7z\xbc\xaf', 'MZ\x90']
const pages = ['<html', '<script', '<svg', '<?php', '<!doctype']

/** Whether something else begins in what comes after a picture's end. */
function hidesAnother(rest: Uint8Array): boolean {
  if (rest.length < 4) return false
  let text = ''
  for (let at = 0; at < rest.length; at += 8192) text += String.fromCharCode(...rest.subarray(at, at + 8192))
  const lower = text.toLowerCase()
  return beginnings.some((each) => text.includes(each)) || pages.some((each) => lower.includes(each))
}

/** A name as it is shown: without folders, control and direction characters; what is left of it, 100 characters at most. */
export function shownName(name: string, type: AttachmentType): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .split(/[/\\]/)
    .at(-1)!
    .replaceAll(/["'<>|?*:;`]/g, '')
    .trim()
  const stem = [...plain.replace(/\.[^.]*$/, '')].slice(0, 100).join('').replaceAll(/^\.+/g, '')
  return `${stem || 'file'}.${{ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'application/pdf': 'pdf' }[type]}`
}
