import type { MailWords } from './words.ts'

export const nl: MailWords = {
  letters: {
    received: {
      subject: 'We hebben je terugbetalingsverzoek',
      body: 'We hebben je verzoek over {payment}. Je hoort van ons zodra er een besluit is.',
    },
    in_review: {
      subject: 'Iemand bekijkt je verzoek',
      body: 'Iemand van ons team bekijkt je verzoek over {payment} en antwoordt vóór {due}.',
    },
    question: {
      subject: 'Een vraag over je terugbetalingsverzoek',
      body: 'Om over je verzoek over {payment} te beslissen, willen we iets van je weten.',
    },
    approved: {
      subject: 'Je terugbetaling van {amount} is goedgekeurd',
      body: 'We sturen {amount} terug naar {method}.',
    },
    denied: { subject: 'Over je terugbetalingsverzoek', body: 'We kunnen {payment} niet terugbetalen.' },
    handled: {
      subject: 'Uw verzoek om terugbetaling is geregeld',
      body: 'Uw verzoek over {payment} is geregeld.',
    },
    refunded: {
      subject: 'Je terugbetaling van {amount} is verstuurd',
      body: 'We hebben {amount} naar {method} gestuurd. Hoe lang het duurt, hangt van de bank af.',
    },
    needs_bank_details: {
      subject: 'We hebben je bankgegevens nodig voor de terugbetaling',
      body: 'Om je {amount} te sturen, moeten we weten waarheen. Stripe heeft je een e-mail gestuurd die om je bankgegevens vraagt.',
    },
    failed: {
      subject: 'Je terugbetaling van {amount} is niet gelukt',
      body: 'We probeerden {amount} naar {method} te sturen en dat is niet gelukt. Iemand van ons team zoekt het uit; je hoeft niets te doen.',
    },
    bounced: {
      subject: 'Je bank stuurde de terugbetaling van {amount} terug',
      body: 'Je bank stuurde {amount} naar ons terug, dus de terugbetaling heeft je niet bereikt. Je toegang is zoals daarvoor. Iemand van ons team zoekt nu een andere weg.',
    },
    withdrawn: {
      subject: 'Je verzoek is ingetrokken',
      body: 'Je hebt je verzoek over {payment} ingetrokken. Er is niets terugbetaald en er verandert niets.',
    },
    access_ended: {
      subject: 'Je toegang is beëindigd',
      body: 'Met de terugbetaling is je toegang tot {payment} beëindigd, en daarmee je abonnement. Er wordt niets meer afgeschreven.',
    },
    access_ends: {
      subject: 'Je toegang eindigt op {until}',
      body: 'Met de terugbetaling wordt je abonnement voor {payment} niet verlengd. Je kunt het gebruiken tot {until}.',
    },
    withdrawal_received: {
      subject: 'We hebben je herroeping ontvangen',
      body: 'Hierbij bevestigen we dat je verklaring op {received_at} bij ons is aangekomen. Bewaar deze e-mail: de hele tekst van je verklaring staat erin.',
    },
    sign_in: {
      subject: 'Je link naar {shop}',
      body: 'Met deze link zie je je betalingen en kun je om een terugbetaling vragen. Hij werkt één keer, 10 minuten lang. Heb je er niet om gevraagd, dan hoef je niets te doen.',
    },
  },
  labels: {
    payment: 'Betaling',
    amount: 'Bedrag',
    method: 'Gaat naar',
    expected: 'Verwacht',
    reference: 'Bankreferentie',
    answer_by: 'Antwoord vóór',
    access_until: 'Toegang tot',
    received_at: 'Ontvangen',
    name: 'Naam',
    contract: 'Overeenkomst',
    email: 'E-mail',
  },
  see: 'Bekijk je verzoek',
  answer: 'Antwoorden',
  open: 'Mijn betalingen openen',
  or_copy: 'Of kopieer dit adres naar je browser:',
  why_you: 'Je krijgt deze e-mail vanwege een terugbetalingsverzoek over een betaling aan {shop}.',
  keep_link: 'De link toont je verzoek aan iedereen die hem heeft: geef hem niet door.',
  original_method: 'de oorspronkelijke betaalmethode',
  card: 'kaart',
}
