import type { App } from '../../app.ts'
import { ownTexts } from '../../db/portal-look.ts'
import type { Language } from '../../domain/languages.ts'
import { withOwn } from '../../domain/own-words.ts'
import type { Words } from '../../web/portal/words/words.ts'
import { pageWords, type PageWords } from './page-words.ts'
import { withdrawalWords } from './withdrawal/words/all.ts'
import type { WithdrawalWords } from './withdrawal/words/words.ts'
import { wordsIn } from './words.ts'

/** The words of what the server writes itself, with the merchant's own in the place of ours. */
export const ownPageWords = async (app: App, language: Language): Promise<PageWords> =>
  withOwn(pageWords[language], await ownTexts(app.db, app.account, language, 'page'))

export const ownPortalWords = async (app: App, language: Language): Promise<Words> =>
  withOwn(await wordsIn(language), await ownTexts(app.db, app.account, language, 'portal'))

export const ownWithdrawalWords = async (app: App, language: Language): Promise<WithdrawalWords> =>
  withOwn(withdrawalWords[language], await ownTexts(app.db, app.account, language, 'withdrawal'))
