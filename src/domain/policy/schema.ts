import { roles } from '../actor.ts'
import { builtInFacts } from './catalog.ts'
import { functionsByName } from './functions.ts'
import { computed } from './given.ts'
import { declaredTypes, howWritten } from './merchant-facts.ts'

const text = (description: string, most: number): object => ({
  type: 'string',
  minLength: 1,
  maxLength: most,
  description,
})

// Editors show this beside an expression: all that can stand in it.
const vocabulary = [
  'Facts:',
  ...[...builtInFacts.values()].map(({ name, label }) => `- \`${name}\`: ${label['en'] ?? ''}`),
  '',
  'Functions:',
  ...functionsByName.map(({ example }) => `- \`${example}\``),
].join('\n')

const expression = (description: string): object => ({
  type: 'string',
  minLength: 1,
  maxLength: 1000,
  description,
  markdownDescription: `${description}\n\n${vocabulary}`,
})

const sentences = {
  type: 'object',
  required: ['en'],
  propertyNames: { pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 1000 },
  description: 'By language tag. English stands in for every language that is not here.',
}

const approvers = (more: object): object => ({
  type: 'object',
  additionalProperties: false,
  required: ['role'],
  properties: {
    role: {
      enum: roles.filter((role) => role !== 'viewer'),
      description: 'The least role: support, then approver, finance, owner. Each may do what the ones before it may.',
    },
    count: { type: 'integer', minimum: 1, maximum: 5, default: 1, description: 'How many people must agree.' },
    ...more,
  },
})

const outcome = {
  then: {
    enum: ['approve', 'review', 'deny'],
    description: 'approve pays at once, review goes to a person, deny says no.',
  },
  amount: expression(
    'What is paid, such as payment.refundable or prorate(payment.amount, payment.unused_share). Never more than was asked or is left.',
  ),
  access: {
    enum: ['now', 'period_end', 'keep'],
    description: 'When access ends with the refund. now when absent, keep for a denial.',
  },
  destination: {
    enum: ['original', 'credit'],
    description: 'Back the way it came, or to the balance of the customer.',
  },
  say: { ...sentences, description: 'What the customer reads, by language tag.' },
  approvers: {
    description:
      'For a review: who may approve and how many must. In a list, each entry after the first stands from an amount on.',
    anyOf: [
      approvers({}),
      {
        type: 'array',
        minItems: 1,
        maxItems: 10,
        items: approvers({
          from: {
            description: 'The amount from which this entry stands: 500.00 usd, or one for each currency.',
            anyOf: [
              { type: 'string', minLength: 1, maxLength: 40 },
              { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string', minLength: 1, maxLength: 40 } },
            ],
          },
        }),
      },
    ],
  },
  appeal: { type: 'boolean', description: 'For a denial: whether the customer may ask a person.' },
}

const rules = (description: string): object => ({
  type: 'array',
  maxItems: 200,
  description,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'when', 'then'],
    properties: {
      id: {
        type: 'string',
        pattern: '^[a-z][a-z0-9-]*$',
        maxLength: 60,
        description: 'Names the rule in explanations and reports.',
      },
      when: {
        type: 'array',
        minItems: 1,
        maxItems: 30,
        items: expression('A condition such as payment.age <= days(30).'),
        description: 'All of them must hold. Each is explained by itself.',
      },
      ...outcome,
    },
  },
})

const given = {
  type: 'object',
  description: 'Facts by name, such as payment.age: 30d1s. null makes a fact unknown.',
  properties: Object.fromEntries(
    [...builtInFacts.values()]
      .filter(({ name }) => !Object.hasOwn(computed, name))
      .map(({ name, type, label, values }) => [
        name,
        {
          description: `${label['en'] ?? name}, ${Object.hasOwn(howWritten, type) ? howWritten[type as keyof typeof howWritten] : 'a list of texts'}`,
          // A policy may add reasons of its own.
          ...(values && name !== 'request.reason' && { enum: [...values, null] }),
        },
      ]),
  ),
}

/** The JSON Schema of a policy file, for completion and hover in editors. The parser knows more: units, facts and types. */
export const policySchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Moneyback refund policy',
  type: 'object',
  additionalProperties: false,
  required: ['policy', 'rules', 'otherwise'],
  properties: {
    policy: text('The name of the policy.', 200),
    timezone: text('The time zone in which days and dates are counted, such as Europe/Berlin. UTC when absent.', 60),
    judge_by: {
      enum: ['purchase', 'request'],
      description: 'The version in force when the payment was made, or when the request came.',
    },
    several_payments: {
      type: 'boolean',
      description: 'Whether customers may ask for several payments at once in the portal. Each is judged by itself.',
    },
    holidays: {
      type: 'array',
      items: { type: 'string', format: 'date' },
      description: 'Days on which no window of working days ends.',
    },
    reasons: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
      description:
        'Reason codes beside the built-in ones, so that a rule can name them. They are kept under Settings, Reasons; the check warns of one that is archived or not kept.',
    },
    facts: {
      type: 'object',
      description: 'Facts of your own, pushed over the API.',
      propertyNames: { pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){1,2}$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['type'],
        properties: {
          type: {
            enum: Object.keys(declaredTypes),
            description: `What a value is: ${Object.entries(howWritten)
              .map(([type, how]) => `${type}, ${how}`)
              .join('; ')}.`,
          },
          on: { enum: ['payment', 'customer'], description: 'What it is pushed for.' },
          stale_after: text('How old it may get before it counts as unknown: 1h, 30m, 7d.', 40),
          values: { type: 'array', items: { type: 'string' }, description: 'The only values that a text can have.' },
          label: { ...sentences, description: 'What people call it, by language tag.' },
          step: { ...sentences, description: 'What the customer can still do about it: Downgrade your plan first.' },
        },
      },
    },
    rules: rules('Asked from top to bottom; the first that matches decides.'),
    rights: rules('What the law gives beside the policy. The better answer for the customer stands.'),
    otherwise: {
      type: 'object',
      additionalProperties: false,
      required: ['then'],
      properties: outcome,
      description: 'When no rule matched.',
    },
    guarantees: {
      type: 'array',
      maxItems: 100,
      description:
        'What always holds, whatever the facts. The tests must keep it; "moneyback policy guarantee" proves it.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'always'],
        properties: {
          name: text('What is guaranteed, in your own words.', 300),
          when: {
            type: 'array',
            maxItems: 30,
            items: expression('A condition over facts and decision.…: the cases that the guarantee is about.'),
            description: 'The cases it is about; every case when absent.',
          },
          always: {
            type: 'array',
            minItems: 1,
            maxItems: 30,
            items: expression('A condition such as decision.people >= 2 or decision.verdict == "approve".'),
            description: 'What holds in each of them.',
          },
        },
      },
    },
    assume: { ...given, description: 'What every test takes for granted.' },
    tests: {
      type: 'array',
      maxItems: 1000,
      description: 'Run whenever the file is checked for publishing.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'expect'],
        properties: {
          name: text('What the test shows.', 300),
          given,
          expect: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: {
              then: outcome.then,
              rule: text('The id of the rule, otherwise, or guard:…', 60),
              amount: text('Such as 49.00 usd.', 40),
              access: outcome.access,
              destination: outcome.destination,
              approver: text('The role that may approve.', 60),
              charge: text(
                'What the formula came to when it came to a charge, such as 10.00 usd. Nothing collects it.',
                40,
              ),
              missing: { type: 'array', items: { type: 'string' } },
            },
          },
        },
      },
    },
  },
}
