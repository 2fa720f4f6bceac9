// What can be read on a screen; a photo of 12 megapixels is 4 MB and takes a minute on a slow line.
const longSide = 2400
const smallEnough = 700 * 1024

/**
 * A picture as it is worth sending: no larger than a screen shows, and without what the camera wrote into it. What the browser
 * can't draw is sent as it is, and the server says what it thinks of it. A HEIC becomes a JPEG where the browser knows HEIC.
 */
export async function shrunk(file: File): Promise<Blob> {
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return file
  const plain = file.type === 'image/jpeg' || file.type === 'image/png' || file.type === 'image/webp'
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, longSide / Math.max(picture.width, picture.height))
    if (plain && scale === 1 && file.size <= smallEnough) return file
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    // A screenshot stays a PNG: letters suffer in a JPEG.
    const drawn = await new Promise<Blob | null>((done) =>
      canvas.toBlob(done, file.type === 'image/png' ? 'image/png' : 'image/jpeg', 0.86),
    )
    return drawn === null || (plain && drawn.size > file.size) ? file : drawn
  } catch {
    return file
  }
}
