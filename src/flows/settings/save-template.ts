import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { insertTemplate, orderTemplates, updateTemplate, type NewTemplate } from '../../db/templates.ts'
import type { Actor } from '../../domain/actor.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'
import { wrongInReply } from '../../domain/reply-template.ts'
import { wrongInWords } from '../../domain/words-by-language.ts'

export type TemplateChange = Partial<Pick<NewTemplate, 'name' | 'words'>> & { readonly archived?: boolean | undefined }

/** Keeps a new reply. Refuses: setting_invalid. */
export async function addTemplate(app: App, template: NewTemplate, by: Actor): Promise<Result<{ id: string }>> {
  const wrong = wrongIn(template)
  if (wrong) return no(wrong)
  return inTransaction(app.db, async (tx) => {
    const id = await insertTemplate(tx, app.account, template, app.now())
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'template.added',
      subject: id,
      detail: { name: template.name, use: template.use, words: template.words },
    })
    return ok({ id })
  })
}

/** Changes a reply, archives it or brings it back. Refuses: setting_invalid, setting_not_found. */
export async function changeTemplate(
  app: App,
  id: string,
  { archived, ...change }: TemplateChange,
  by: Actor,
): Promise<Result<{ id: string }>> {
  const wrong = wrongIn(change)
  if (wrong) return no(wrong)
  return inTransaction(app.db, async (tx) => {
    const found = await updateTemplate(tx, app.account, id, {
      ...change,
      ...(archived !== undefined && { archived_at: archived ? app.now() : null }),
    })
    if (!found) return no({ code: 'setting_not_found', what: 'reply' })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: archived === undefined ? 'template.changed' : archived ? 'template.archived' : 'template.restored',
      subject: id,
      detail: change,
    })
    return ok({ id })
  })
}

/** Puts the replies into an order. */
export async function arrangeTemplates(app: App, ids: readonly string[], by: Actor): Promise<Result<{ ok: true }>> {
  return inTransaction(app.db, async (tx) => {
    await orderTemplates(tx, app.account, ids)
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'template.ordered',
      subject: 'templates',
      detail: { ids },
    })
    return ok({ ok: true })
  })
}

function wrongIn({ name, words }: TemplateChange): Refusal | undefined {
  if (name !== undefined && (name.trim() === '' || name.length > 80))
    return { code: 'setting_invalid', field: 'name', because: 'Give it a name of 1 to 80 characters.' }
  return words && wrongInWords(words, { max: 10_000, also: wrongInReply })
}
