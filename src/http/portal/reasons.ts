import type { App } from '../../app.ts'
import { reasonsOf } from '../../db/reasons.ts'
import type { Language } from '../../domain/languages.ts'
import { choosable, labelOf } from '../../domain/reasons.ts'
import type { ReasonWords } from './wire.ts'

/** What customers choose among, in order, and what each reason is called in their language, archived ones too. */
export async function reasonWords(app: App, language: Language): Promise<ReasonWords> {
  const reasons = await reasonsOf(app.db, app.account)
  return {
    choices: choosable(reasons, 'customer').map(({ code }) => code),
    names: Object.fromEntries(
      reasons
        .filter(({ audience }) => audience === 'customer')
        .map((reason) => [reason.code, labelOf(reason, language)]),
    ),
  }
}
