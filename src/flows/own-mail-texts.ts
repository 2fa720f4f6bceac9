import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import { ownTexts } from '../db/portal-look.ts'
import { languageFor } from '../domain/languages.ts'

/** The merchant's own sentences for a letter in a reader's language. */
export const ownMailTexts = (app: App, db: Db, locale: string): Promise<Record<string, string>> =>
  ownTexts(db, app.account, languageFor(locale) ?? 'en', 'mail')
