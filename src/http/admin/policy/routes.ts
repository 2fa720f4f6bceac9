import { Hono, type Context } from 'hono'
import type { App } from '../../../app.ts'
import {
  adminPolicy,
  namesOf,
  pastAsks,
  shadowAnswers,
  shadowExplanation,
  shadowLines,
} from '../../../db/admin-policy.ts'
import { backtestChanges, findBacktest } from '../../../db/backtests.ts'
import { reasonsOf } from '../../../db/reasons.ts'
import { policyVersions } from '../../../db/policies.ts'
import { draftStates, findDraft } from '../../../db/policy-drafts.ts'
import { findShadow } from '../../../db/shadows.ts'
import type { Actor } from '../../../domain/actor.ts'
import { stateOf } from '../../../domain/policy/versions.ts'
import type { Refusal, Result } from '../../../domain/refusal.ts'
import { openDraft } from '../../../flows/open-draft.ts'
import { publishDraft, rollBackPolicy } from '../../../flows/publish-policy.ts'
import { proveDifferences, proveGuarantees } from '../../../flows/prove-policy.ts'
import { closeDraft, saveDraft } from '../../../flows/save-draft.ts'
import { endShadow, startShadow } from '../../../flows/shadow-policy.ts'
import { cancelBacktest, startBacktest } from '../../../flows/start-backtest.ts'
import { tryPolicy } from '../../../flows/try-policy.ts'
import { answerProblem, problem } from '../../problem.ts'
import { readyMadePolicies, readyMadePolicy } from '../../ready-made.ts'
import { doOnce } from '../../idempotent.ts'
import { readBody, readQuery, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'
import * as b from './bodies.ts'
import { checkedPolicy } from './checked-policy.ts'
import { comparedPolicies } from './compared-policies.ts'

const pageSize = 25

/** The policy area of the console. Anybody on the staff reads and tries; finance drafts, backtests and shadows; an owner publishes. */
export function policyRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>().route('/', readRoutes(app)).route('/', draftRoutes(app)).route('/', trialRoutes(app))
}

function readRoutes(app: App): Hono<AdminEnv> {
  const { db, account } = app
  return new Hono<AdminEnv>()
    .get('/', async (c) => c.json(await adminPolicy(db, account, app.now())))
    .get('/ready-made', async (c) => c.json({ policies: await readyMadePolicies() }))
    .get('/ready-made/:id', async (c) => {
      const source = await readyMadePolicy(c.req.param('id'))
      return source === undefined ? missing(c, 'ready-made policy') : c.json({ source })
    })
    .get('/versions/:version', async (c) => {
      const all = await policyVersions(db, account)
      const found = all.find(({ version }) => String(version) === c.req.param('version'))
      if (!found) return missing(c, 'version')
      return c.json({ ...found, state: stateOf(found, all, app.now()), people: await namesOf(db, account) })
    })
    .get('/drafts/:id', async (c) => {
      const [draft, states] = await Promise.all([
        findDraft(db, account, c.req.param('id')),
        draftStates(db, account, c.req.param('id')),
      ])
      return draft
        ? c.json({ ...draft, states, people: await namesOf(db, account) })
        : problem(c, { code: 'draft_not_found' })
    })
    .get('/backtests/:id', async (c) => {
      const found = await findBacktest(db, account, c.req.param('id'))
      return found
        ? c.json({ ...found, people: await namesOf(db, account) })
        : problem(c, { code: 'backtest_not_found' })
    })
    .get('/backtests/:id/changes', async (c) => {
      const query = readQuery(c, b.changesQuery)
      if (!query.ok) return query.response
      const rows = await backtestChanges(db, account, c.req.param('id'), { ...query.value, limit: pageSize + 1 })
      return c.json({ rows: rows.slice(0, pageSize), more: rows.length > pageSize })
    })
    .get('/shadows/:id', async (c) => {
      const query = readQuery(c, b.shadowQuery)
      if (!query.ok) return query.response
      const id = c.req.param('id')
      const [[line], shadow, rows, people] = await Promise.all([
        shadowLines(db, account, id),
        findShadow(db, account, id),
        shadowAnswers(db, account, id, { ...query.value, limit: pageSize + 1 }),
        namesOf(db, account),
      ])
      if (!line || !shadow) return problem(c, { code: 'shadow_not_found' })
      const { source } = shadow
      return c.json({
        shadow: { ...line, source },
        rows: rows.slice(0, pageSize),
        more: rows.length > pageSize,
        people,
      })
    })
    .get('/shadows/:id/answers/:request', async (c) => {
      const found = await shadowExplanation(db, account, c.req.param('id'), c.req.param('request'))
      return found ? c.json(found) : problem(c, { code: 'request_not_found' })
    })
    .get('/past', async (c) => {
      const query = readQuery(c, b.pastQuery)
      return query.ok ? c.json({ rows: await pastAsks(db, account, query.value.q) }) : query.response
    })
}

function draftRoutes(app: App): Hono<AdminEnv> {
  const finance = roleAtLeast('finance')
  const owner = roleAtLeast('owner')
  return new Hono<AdminEnv>()
    .post('/drafts', finance, async (c) => {
      const body = await readBody(c, b.openBody)
      if (!body.ok) return body.response
      const { ready_made, ...asked } = body.value
      const source = ready_made === undefined ? asked.source : await readyMadePolicy(ready_made)
      if (ready_made !== undefined && source === undefined) return missing(c, 'ready-made policy')
      return answer(
        app,
        c,
        await doOnce(app, c.get('makes'), (here) => openDraft(here, { ...asked, source, ...who(c) })),
      )
    })
    .post('/drafts/:id/save', finance, async (c) => {
      const body = await readBody(c, b.saveBody)
      return body.ok
        ? answer(app, c, await saveDraft(app, { id: c.req.param('id'), ...body.value, ...who(c) }))
        : body.response
    })
    .post('/drafts/:id/discard', finance, async (c) => {
      const body = await readBody(c, b.revisionBody)
      return body.ok
        ? answer(app, c, await closeDraft(app, { id: c.req.param('id'), ...body.value, ...who(c) }, false))
        : body.response
    })
    .post('/drafts/:id/take-up', finance, async (c) => {
      const body = await readBody(c, b.revisionBody)
      return body.ok
        ? answer(app, c, await closeDraft(app, { id: c.req.param('id'), ...body.value, ...who(c) }, true))
        : body.response
    })
    .post('/drafts/:id/publish', owner, async (c) => {
      const body = await readBody(c, b.publishBody)
      return body.ok
        ? answer(app, c, await publishDraft(app, { id: c.req.param('id'), ...body.value, ...who(c) }))
        : body.response
    })
    .post('/versions/:version/roll-back', owner, async (c) => {
      const body = await readBody(c, b.rollBackBody)
      return body.ok
        ? answer(
            app,
            c,
            await rollBackPolicy(app, { version: Number(c.req.param('version')) || 0, ...body.value, ...who(c) }),
          )
        : body.response
    })
    .post('/drafts/:id/shadow', finance, async (c) =>
      answer(app, c, await startShadow(app, { draft: c.req.param('id'), ...who(c) })),
    )
    .post('/shadows/:id/end', finance, async (c) =>
      answer(app, c, await endShadow(app, { id: c.req.param('id'), ...who(c) })),
    )
}

function trialRoutes(app: App): Hono<AdminEnv> {
  const finance = roleAtLeast('finance')
  return new Hono<AdminEnv>()
    .post('/check', async (c) => {
      const body = await readBody(c, b.checkBody)
      return body.ok ? c.json(checkedPolicy(body.value.source, await reasonsOf(app.db, app.account))) : body.response
    })
    .post('/compare', async (c) => {
      const body = await readBody(c, b.compareBody)
      return body.ok ? answer(app, c, comparedPolicies(body.value)) : body.response
    })
    .post('/cases', async (c) => {
      const body = await readBody(c, b.compareBody)
      if (!body.ok) return body.response
      const compared = comparedPolicies(body.value)
      if (!compared.ok) return answer(app, c, compared)
      const { before, after } = body.value
      return c.json({ found: (await proveDifferences(before, after)) ?? null })
    })
    .post('/guarantees', async (c) => {
      const body = await readBody(c, b.checkBody)
      return body.ok ? c.json({ guarantees: await proveGuarantees(body.value.source) }) : body.response
    })
    .post('/try', async (c) => {
      const body = await readBody(c, b.tryBody)
      return body.ok ? answer(app, c, await tryPolicy(app, body.value)) : body.response
    })
    .post('/backtests', finance, async (c) => {
      const body = await readBody(c, b.backtestBody)
      return body.ok ? answer(app, c, await startBacktest(app, { ...body.value, ...who(c) })) : body.response
    })
    .post('/backtests/:id/cancel', finance, async (c) =>
      answer(app, c, await cancelBacktest(app, { id: c.req.param('id'), ...who(c) })),
    )
}

const who = (c: Context<AdminEnv>) => ({
  by: `staff:${c.get('staff').id}` satisfies Actor as Actor,
  role: c.get('staff').role,
})

async function answer<T extends object>(app: App, c: Context<AdminEnv>, result: Result<T>): Promise<Response> {
  if (result.ok) return c.json(result.value)
  return result.no.code === 'draft_changed' ? changedMeanwhile(app, c, result.no) : problem(c, result.no)
}

/** Names who saved meanwhile: that is the first thing that somebody wants to know then. */
async function changedMeanwhile(
  app: App,
  c: Context,
  { by, at, revision }: Extract<Refusal, { code: 'draft_changed' }>,
) {
  const name = (await namesOf(app.db, app.account))[by] ?? 'Somebody'
  return answerProblem(c, {
    status: 409,
    code: 'draft_changed',
    title: 'A colleague saved meanwhile',
    detail: `${name} saved this draft after you had opened it. Nothing of either text is lost: compare, then save yours over it or as a draft of its own.`,
    by,
    at: at.toISOString(),
    revision,
  })
}

const missing = (c: Context, what: string) =>
  refuse(c, 404, { code: 'not_found', title: 'Not found', detail: `There is no such ${what}.` })
