import { accentsOf, isColour, type Colour } from './colour.ts'
import { languageFor, type Language } from './languages.ts'

/** Something that a customer may choose instead of a refund. It stands beside the refund and never before it. */
export type Alternative = {
  /** Names it in reports; never shown to customers. */
  readonly name: string
  readonly title: Readonly<Record<string, string>>
  readonly text: Readonly<Record<string, string>>
  /** The merchant's own page for it; null: choosing it calls a person. */
  readonly url: string | null
}

/** How the portal looks, where else it may stand, and what stands beside a refund. */
export type PortalLook = {
  /** What customers know the merchant as; null: the name of the Stripe account. */
  readonly name: string | null
  readonly accent: Colour | null
  /** Corner radius in px, 0 to 24. */
  readonly radius: number
  readonly theme: 'auto' | 'light' | 'dark'
  /** The sites that may show the portal in a frame: https://shop.example.com. */
  readonly origins: readonly string[]
  readonly alternatives: readonly Alternative[]
}

export const plainLook: PortalLook = {
  name: null,
  accent: null,
  radius: 14,
  theme: 'auto',
  origins: [],
  alternatives: [],
}

export type LookProblem = { readonly field: string; readonly because: string }

/** What is wrong with a look, and where; undefined when it can be used. */
export function lookProblem(look: PortalLook): LookProblem | undefined {
  if (look.name !== null && (look.name.trim() === '' || look.name.length > 60))
    return {
      field: 'name',
      because: 'The name has 1 to 60 characters; leave it out for the name of your Stripe account.',
    }
  if (look.accent !== null && !isColour(look.accent))
    return { field: 'accent', because: 'Write the colour as # and six hexadecimal digits, such as #2f4bd0.' }
  if (!Number.isInteger(look.radius) || look.radius < 0 || look.radius > 24)
    return { field: 'radius', because: 'The radius is a whole number of pixels from 0 to 24.' }
  if (look.origins.length > 20) return { field: 'origins', because: 'At most 20 sites can be named.' }
  for (const origin of look.origins) {
    const because = originProblem(origin)
    if (because !== undefined) return { field: 'origins', because: `${origin}: ${because}` }
  }
  if (look.alternatives.length > 3)
    return { field: 'alternatives', because: 'At most three stand beside a refund: more would be in its way.' }
  const names = look.alternatives.map(({ name }) => name)
  if (new Set(names).size < names.length) return { field: 'alternatives', because: 'Each needs a name of its own.' }
  return look.alternatives.map(alternativeProblem).find((each) => each !== undefined)
}

/** What is wrong with the address of a site that may show the portal in a frame. */
function originProblem(text: string): string | undefined {
  const url = URL.parse(text)
  const local = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  if (url === null || (url.protocol !== 'https:' && !(local && url.protocol === 'http:')))
    return 'write https:// and the host.'
  if (url.origin !== text) return `write it without a path or a slash at the end: ${url.origin}.`
  return undefined
}

function alternativeProblem({ name, title, text, url }: Alternative): LookProblem | undefined {
  const wrong = (because: string): LookProblem => ({
    field: 'alternatives',
    because: `${name || 'One of them'}: ${because}`,
  })
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) return wrong('its name is made of small letters, digits and _.')
  if (!title['en']?.trim() || !text['en']?.trim()) return wrong('it needs a title and a sentence in English at least.')
  const words = [...Object.entries(title), ...Object.entries(text)]
  const unknown = words.find(([language]) => languageFor(language) !== language)
  if (unknown) return wrong(`the portal does not speak “${unknown[0]}”.`)
  if (words.some(([, said]) => said.length > 300)) return wrong('a title or sentence has at most 300 characters.')
  if (url !== null && URL.parse(url)?.protocol !== 'https:') return wrong('its address begins with https://.')
  return undefined
}

/** An alternative as a customer reads it; English where their language is missing. */
export function alternativeIn({ name, title, text, url }: Alternative, language: Language) {
  return { name, title: title[language] || title['en']!, text: text[language] || text['en']!, url }
}

/** The style that makes the portal look like this. */
export function styleOf({ accent, radius, theme }: PortalLook): string {
  const lines = [
    `--round: ${radius}px;`,
    `--radius: ${Math.round(radius * 0.43)}px;`,
    `--radius-large: ${Math.round(radius * 0.7)}px;`,
  ]
  if (accent !== null) {
    const { light, dark } = accentsOf(accent)
    lines.push(
      `--accent: light-dark(${light.accent}, ${dark.accent});`,
      `--on-accent: light-dark(${light.on}, ${dark.on});`,
    )
  }
  if (theme !== 'auto') lines.push(`color-scheme: ${theme};`)
  return `:root:root {\n  ${lines.join('\n  ')}\n}\n`
}
