import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'

const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

const known = (tag: string | undefined): Language | undefined =>
  languages.find((language) => tag?.trim().toLowerCase().split('-')[0] === language)

/** The language of a page: as the link says, as was chosen before, as the browser prefers, else English. */
export function languageOf(c: Context): Language {
  const preferred = (c.req.header('accept-language') ?? '').split(',').map((part) => {
    const [tag, quality] = part.split(';q=')
    return { language: known(tag), quality: quality === undefined ? 1 : Number(quality) }
  })
  preferred.sort((a, b) => b.quality - a.quality)
  return (
    known(c.req.query('lang')) ??
    known(getCookie(c, 'portal_language')) ??
    preferred.find(({ language }) => language)?.language ??
    'en'
  )
}
