import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { languageFor, type Language } from '../../domain/languages.ts'

/** The language of a page: as the link says, as was chosen before, as the browser prefers, else English. */
export function languageOf(c: Context): Language {
  const preferred = (c.req.header('accept-language') ?? '').split(',').map((part) => {
    const [tag, quality] = part.split(';q=')
    return { language: languageFor(tag), quality: quality === undefined ? 1 : Number(quality) }
  })
  preferred.sort((a, b) => b.quality - a.quality)
  return (
    languageFor(c.req.query('lang')) ??
    languageFor(getCookie(c, 'portal_language')) ??
    preferred.find(({ language }) => language)?.language ??
    'en'
  )
}
