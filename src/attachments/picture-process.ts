// A process of its own for one picture: it knows no secret, may write nothing, and its memory goes with it. Reads a picture
// from stdin, draws it anew, and writes it to stdout: `picture-process.ts image/jpeg 6`.
import { buffer } from 'node:stream/consumers'
import { PhotonImage } from '@cf-wasm/photon'

const [, , type, orientation] = process.argv
const out = await redraw(new Uint8Array(await buffer(process.stdin)), type!, Number(orientation))
process.stdout.write(Buffer.concat([Buffer.from(`${out.type}\n`), out.bytes]))

/** Decodes to pixels and encodes from them: nothing else of the file is left, no place, no camera, no text, no second file. */
async function redraw(bytes: Uint8Array, type: string, turn: number) {
  const decoded = PhotonImage.new_from_byteslice(bytes)
  const image = turn > 1 ? turned(decoded, turn) : decoded
  // A photo in WebP becomes a JPEG; what is partly see-through stays lossless.
  const jpeg = type === 'image/jpeg' || (type === 'image/webp' && isOpaque(image.get_raw_pixels()))
  return jpeg
    ? { type: 'image/jpeg', bytes: image.get_bytes_jpeg(86) }
    : { type: 'image/png', bytes: image.get_bytes() }
}

function isOpaque(pixels: Uint8Array): boolean {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return false
  return true
}

/** The picture as the camera meant it (EXIF 2.3, orientation 2 to 8): mirrored, turned, or both. */
function turned(image: PhotonImage, orientation: number): PhotonImage {
  const [width, height] = [image.get_width(), image.get_height()]
  const from = new Uint32Array(image.get_raw_pixels().slice().buffer)
  image.free()
  const across = orientation >= 5
  const [newWidth, newHeight] = across ? [height, width] : [width, height]
  const to = new Uint32Array(from.length)
  const flipX = [2, 3, 7, 8].includes(orientation)
  const flipY = [3, 4, 6, 7].includes(orientation)
  for (let y = 0; y < newHeight; y++)
    for (let x = 0; x < newWidth; x++) {
      const [u, v] = across ? [y, x] : [x, y]
      const sourceX = flipX ? width - 1 - u : u
      const sourceY = flipY ? height - 1 - v : v
      to[y * newWidth + x] = from[sourceY * width + sourceX]!
    }
  return new PhotonImage(new Uint8Array(to.buffer), newWidth, newHeight)
}
