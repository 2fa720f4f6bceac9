/** A colour as #rrggbb. */
export type Colour = `#${string}`

export const isColour = (text: string): text is Colour => /^#[0-9a-f]{6}$/i.test(text)

const channels = (colour: Colour): [number, number, number] => [
  Number.parseInt(colour.slice(1, 3), 16),
  Number.parseInt(colour.slice(3, 5), 16),
  Number.parseInt(colour.slice(5, 7), 16),
]

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(colour: Colour): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** How well two colours can be told apart, 1 to 21 (WCAG 2.2). */
export function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const target = channels(to)
  const mixed = channels(from).map((channel, index) => Math.round(channel + (target[index]! - channel) * share))
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** The colour itself where it can be read on all of the grounds, else the nearest darker or lighter one that can. */
function readableOn(colour: Colour, grounds: readonly Colour[], towards: Colour, least: number): Colour {
  for (let step = 0; step <= 64; step++) {
    const tried = mix(colour, towards, step / 64)
    if (grounds.every((ground) => contrast(tried, ground) >= least)) return tried
  }
  return towards
}

/** A colour for links and buttons with what stands on it, in light and in dark. */
export type Accents = {
  readonly light: { readonly accent: Colour; readonly on: Colour }
  readonly dark: { readonly accent: Colour; readonly on: Colour }
}

// A little more than AA's 4.5, because chosen things stand on a ground that is tinted with the accent.
const least = 5.2
// The grounds that text stands on in src/web/tokens.css: page, surface and sunken.
const grounds = { light: ['#f6f7f9', '#ffffff', '#eef0f4'], dark: ['#0e1014', '#16191f', '#1e222a'] } as const

/** Makes a merchant's colour one that everybody can read, by changing no more of it than needed. */
export function accentsOf(colour: Colour): Accents {
  const light = readableOn(colour, grounds.light, '#000000', least)
  const dark = readableOn(colour, grounds.dark, '#ffffff', least)
  const on = (accent: Colour): Colour =>
    contrast('#ffffff', accent) >= contrast('#10131c', accent) ? '#ffffff' : '#10131c'
  return { light: { accent: light, on: on(light) }, dark: { accent: dark, on: on(dark) } }
}
