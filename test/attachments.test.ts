import { readdir } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { PhotonImage } from '@cf-wasm/photon'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanFile } from '../src/attachments/clean-file.ts'
import { forgetAttachments } from '../src/flows/forget-attachments.ts'
import { askCustomer } from '../src/flows/ask-customer.ts'
import { disarmed, jpeg, clearPng, pdf, photo, png, refused, webp } from './hostile-files.ts'
import { call, openWorld, type Answer, type World } from './world.ts'

let world: World
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moneyback-'))
  world = await openWorld({ env: { DATA_DIR: folder } })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

type Kept = { id: string; name: string; type: string; bytes: number; code?: string; fault?: string; detail?: string }

const own = () => ({ origin: world.url, 'sec-fetch-site': 'same-origin' })

/** A customer in the portal. */
async function inside(customer?: string) {
  const bought = await world.subscribes(customer ? { customer } : {})
  await world.settle()
  const link = await world.api<{ url: string }>('POST', '/v1/portal_sessions', { customer: bought.customer })
  const entered = await call<object>(
    world.url,
    'POST',
    '/portal/api/enter',
    { token: link.body.url.split('#t=')[1] },
    own(),
  )
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0]!
  const send = async (bytes: Uint8Array, name = 'proof.jpg', headers: object = {}): Promise<Answer<Kept>> => {
    const answer = await fetch(`${world.url}/portal/api/attachments`, {
      method: 'POST',
      headers: {
        ...own(),
        cookie,
        'content-type': 'application/octet-stream',
        'x-file-name': encodeURIComponent(name),
        ...headers,
      },
      body: new Uint8Array(bytes),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Kept }
  }
  const get = (path: string) => fetch(`${world.url}/portal/api${path}`, { headers: { cookie } })
  const post = <T = { id: string; code?: string }>(path: string, body: object) =>
    call<T>(world.url, 'POST', `/portal/api${path}`, body, { ...own(), cookie })
  return { ...bought, cookie, send, get, post }
}

test(`there are at least 30 hostile files`, () => expect(refused.length + disarmed.length).toBeGreaterThan(60))

describe('a hostile file is refused with the reason', () => {
  test.each(refused)('%s: %s', async (_, fault, bytes) => {
    expect(await cleanFile(bytes)).toEqual({ fault })
  })
})

describe('what is left of a file that is kept is its picture', () => {
  test.each(disarmed)('%s', async (_, bytes, evil) => {
    expect(bytes.toString('latin1')).toMatch(evil)
    const clean = await cleanFile(bytes)
    expect('bytes' in clean && clean.bytes.toString('latin1')).not.toMatch(evil)
  })

  test.each([
    [1, 40, 20, ['red', 'blue']],
    [2, 40, 20, ['blue', 'red']],
    [3, 40, 20, ['blue', 'red']],
    [6, 20, 40, ['red', 'blue']],
    [8, 20, 40, ['blue', 'red']],
  ] as const)('a photo that its camera has turned (%i) stands upright', async (orientation, width, height, ends) => {
    const clean = await cleanFile(photo(orientation))
    const picture = PhotonImage.new_from_byteslice(new Uint8Array('bytes' in clean ? clean.bytes : []))
    expect([picture.get_width(), picture.get_height()]).toEqual([width, height])
    const pixels = picture.get_raw_pixels()
    expect([colour(pixels, 0), colour(pixels, pixels.length - 4)]).toEqual(ends)
  })

  test.each([
    ['a JPEG', jpeg, 'image/jpeg'],
    ['a PNG', png, 'image/png'],
    ['a PNG that is partly see-through', clearPng, 'image/png'],
    ['a WebP', webp, 'image/jpeg'],
    ['a PDF', pdf, 'application/pdf'],
  ])('%s is taken', async (_, bytes, type) => expect(await cleanFile(bytes)).toMatchObject({ type }))

  test('any part of a good file that is cut off, and any byte that is turned, ends in an answer', async () => {
    for (const [at, file] of [photo(6), png, webp, pdf].entries())
      for (let round = 0; round < 6; round++) {
        const bytes = Buffer.from(file)
        bytes[(round * 37 + at * 11 + 13) % bytes.length]! ^= 0xff
        const answer = await cleanFile(round % 2 ? bytes : bytes.subarray(0, Math.floor((bytes.length * round) / 6)))
        expect('fault' in answer || 'bytes' in answer).toBe(true)
      }
  })
})

const colour = (pixels: Uint8Array, at: number): string => (pixels[at]! > pixels[at + 2]! ? 'red' : 'blue')

describe('over HTTP', () => {
  test('a file comes in, belongs to the request that it was sent for, and only its owner and staff can get it', async () => {
    const ada = await inside()
    const { status, body: kept } = await ada.send(photo(1), '../../etc/pass\u202ewd.php')
    expect([status, kept]).toEqual([
      201,
      { id: expect.stringMatching(/^att_/), name: 'passwd.jpg', type: 'image/jpeg', bytes: expect.any(Number) },
    ])
    const request = await asked(ada, [kept.id])
    const shown = (await (await ada.get(`/requests/${request}`)).json()) as { files: Kept[] }
    expect(shown.files).toEqual([kept])

    const saved = await ada.get(`/attachments/${kept.id}`)
    expect(Object.fromEntries(saved.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="passwd.jpg"; filename*=UTF-8''passwd.jpg`,
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
    })
    expect((await saved.arrayBuffer()).byteLength).toBe(kept.bytes)
    const looked = await ada.get(`/attachments/${kept.id}/picture`)
    expect(Object.fromEntries(looked.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': expect.stringMatching(/^inline/),
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
    })

    const eve = await inside()
    expect((await eve.get(`/attachments/${kept.id}`)).status).toBe(404)
    expect((await eve.get(`/attachments/${kept.id}/picture`)).status).toBe(404)
    expect((await fetch(`${world.url}/portal/api/attachments/${kept.id}`)).status).toBe(401)
    expect((await fetch(`${world.url}/admin/api/attachments/${kept.id}`)).status).toBe(401)
    expect((await fetch(`${world.url}/v1/attachments/${kept.id}`)).status).not.toBe(200)
    expect(await asked(eve, [kept.id]).catch((error: Error) => error.message)).toContain('attachment_not_found')
  })

  test('a PDF is never shown, only saved', async () => {
    const ada = await inside()
    const { body } = await ada.send(pdf, 'invoice.pdf')
    expect((await ada.get(`/attachments/${body.id}/picture`)).headers.get('content-disposition')).toMatch(/^attachment/)
  })

  test('names don’t matter: an SVG called photo.jpg is refused, with a sentence', async () => {
    const ada = await inside()
    const { status, body } = await ada.send(Buffer.from('<svg onload=alert(1)>'), 'photo.jpg')
    expect([status, body.code, body.fault, body.detail]).toEqual([
      422,
      'file_refused',
      'wrong_type',
      expect.stringContaining('JPEG, PNG or WebP'),
    ])
  })

  test('a file of 10 MB and a byte is refused before it is read', async () => {
    const ada = await inside()
    const { status, body } = await ada.send(Buffer.alloc(10 * 1024 * 1024 + 1))
    expect([status, body.fault]).toEqual([413, 'too_large'])
  })

  test('another site can’t make a browser send a file', async () => {
    const ada = await inside()
    expect((await ada.send(jpeg, 'a.jpg', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await ada.send(jpeg, 'a.jpg', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await ada.send(jpeg, 'a.jpg', { cookie: '' })).status).toBe(401)
  })

  test('the same file sent again after a lost answer is kept once', async () => {
    const ada = await inside()
    const [first, second] = [await ada.send(jpeg), await ada.send(jpeg)]
    expect(second.body.id).toBe(first.body.id)
  })

  test('eleven files at once are too many', async () => {
    const ada = await inside()
    for (let count = 0; count < 10; count++) {
      const different = Buffer.concat([pdf.subarray(0, pdf.length - 6), Buffer.from(`% ${count}\n%%EOF\n`)])
      expect((await ada.send(different, `${count}.pdf`)).status).toBe(201)
    }
    const { status, body } = await ada.send(jpeg)
    expect([status, body.code]).toEqual([429, 'too_many_files'])
  })

  test('an answer to a question carries files, and staff are told that it came', async () => {
    const ada = await inside()
    const request = await asked(ada, [])
    await askCustomer(world.app, { id: request, by: 'staff:s', role: 'support', question: 'Which version do you use?' })
    const { body: kept } = await ada.send(png, 'screen.png')
    expect((await ada.post(`/requests/${request}/answer`, { answer: ' ', files: [kept.id] })).status).toBe(422)
    expect(
      (await ada.post(`/requests/${request}/answer`, { answer: 'Version 4', files: [`att_${'0'.repeat(32)}`] })).body
        .code,
    ).toBe('attachment_not_found')
    expect((await ada.post(`/requests/${request}/answer`, { answer: 'Version 4', files: [kept.id] })).status).toBe(200)
    expect((await ada.post(`/requests/${request}/answer`, { answer: 'Again' })).status).toBe(409)
    const shown = (await (await ada.get(`/requests/${request}`)).json()) as { files: Kept[]; questions: object[] }
    expect(shown).toMatchObject({
      files: [],
      questions: [
        { question: 'Which version do you use?', open: false, answer: 'Version 4', files: [{ id: kept.id }] },
      ],
    })
    const [hint] = await world.rows(
      `select action from audit where subject_id = '${request}' order by seq desc limit 1`,
    )
    expect(hint).toEqual({ action: 'request.answered' })
    const eve = await inside()
    expect((await eve.post(`/requests/${request}/answer`, { answer: 'Mine' })).status).toBe(404)
  })

  test('a file is deleted when its time is over, and it is still known that there was one', async () => {
    const ada = await inside()
    const [loose, tied] = [(await ada.send(png)).body, (await ada.send(jpeg)).body]
    const request = await asked(ada, [tied.id])
    await ada.post(`/requests/${request}/withdraw`, {})
    const files = async () =>
      (await readdir(join(folder, 'attachments'), { recursive: true })).filter(
        (name) => name.includes(loose.id) || name.includes(tied.id),
      ).length
    expect(await files()).toBe(2)
    const [now, day] = [Date.now(), 86_400_000]
    const at = (days: number) => forgetAttachments({ ...world.app, now: () => new Date(now + days * day) })
    await at(0.9)
    expect(await files()).toBe(2)
    await at(1.1)
    expect(await files()).toBe(1)
    await at(179)
    expect(await files()).toBe(1)
    await at(181)
    expect(await files()).toBe(0)
    expect((await ada.get(`/attachments/${tied.id}`)).status).toBe(404)
    const { rows } = await sql<{
      name: string
      deleted: boolean
    }>`select name, deleted_at is not null as deleted from attachment where id = ${tied.id}`.execute(world.app.db)
    expect(rows).toEqual([{ name: '', deleted: true }])
  })
})

/** Asks for a refund in the portal with files. Throws with the code when it is refused. */
async function asked(who: Awaited<ReturnType<typeof inside>>, files: string[]): Promise<string> {
  const { payments } = (await (await who.get('/payments')).json()) as {
    payments: { id: string; after: string | null }[]
  }
  const [payment] = payments
  const preview = await who.post<{ shown: string }>(`/payments/${payment!.id}/preview`, { reason: 'changed_mind' })
  const made = await who.post('/requests', {
    payment: payment!.id,
    reason: 'changed_mind',
    shown: preview.body.shown,
    after: payment!.after,
    files,
  })
  if (made.status !== 201) throw new Error(made.body.code)
  return made.body.id
}
