import type { App } from '../../app.ts'
import { alternativesShown } from '../../db/portal-look.ts'
import type { Language } from '../../domain/languages.ts'
import { alternativeIn } from '../../domain/portal-look.ts'
import { lookNow } from '../../flows/portal-look.ts'
import type { AlternativeView, Preview } from './wire.ts'

/** What stands beside a refund that can be had, or that a person would look at. Beside a "no" it would be a consolation, so there nothing is. */
export async function alternativesBeside(
  app: App,
  { verdict, payment }: Preview,
  language: Language,
): Promise<AlternativeView[]> {
  const { look } = await lookNow(app)
  if (verdict === 'deny' || look.alternatives.length === 0) return []
  const names = look.alternatives.map(({ name }) => name)
  await alternativesShown(app.db, app.account, payment.id, names, app.now())
  return look.alternatives.map((each) => alternativeIn(each, language))
}
