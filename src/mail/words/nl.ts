import type { MailWords } from './words.ts'

export const nl: MailWords = {
  letters: {
    received: {
      subject: 'We hebben uw aanvraag voor terugbetaling',
      body: 'We hebben uw aanvraag over {payment}. U hoort van ons zodra er een besluit is.',
    },
    in_review: {
      subject: 'Een medewerker kijkt naar uw aanvraag',
      body: 'Een medewerker kijkt naar uw aanvraag over {payment} en antwoordt uiterlijk {due}.',
    },
    question: {
      subject: 'Een vraag over uw aanvraag voor terugbetaling',
      body: 'Om over uw aanvraag over {payment} te beslissen, willen we iets van u weten.',
    },
    approved: {
      subject: 'Uw terugbetaling van {amount} is goedgekeurd',
      body: 'We sturen {amount} terug naar {method}.',
    },
    denied: { subject: 'Over uw aanvraag voor terugbetaling', body: 'We kunnen {payment} niet terugbetalen.' },
    handled: {
      subject: 'Uw aanvraag voor terugbetaling is geregeld',
      body: 'Uw aanvraag over {payment} is geregeld.',
    },
    refunded: {
      subject: 'Uw terugbetaling van {amount} is verstuurd',
      body: 'We hebben {amount} naar {method} gestuurd. Hoe lang het duurt, hangt van de bank af.',
    },
    needs_bank_details: {
      subject: 'We hebben uw bankgegevens nodig voor de terugbetaling',
      body: 'Om u {amount} te sturen, moeten we weten waarheen. Stripe heeft u een e-mail gestuurd die om uw bankgegevens vraagt.',
    },
    failed: {
      subject: 'Uw terugbetaling van {amount} is niet gelukt',
      body: 'We probeerden {amount} naar {method} te sturen en dat is niet gelukt. Een medewerker zoekt het uit; u hoeft niets te doen.',
    },
    bounced: {
      subject: 'Uw bank stuurde de terugbetaling van {amount} terug',
      body: 'Uw bank stuurde {amount} naar ons terug, dus de terugbetaling heeft u niet bereikt. Uw toegang is zoals daarvoor. Een medewerker zoekt nu een andere weg.',
    },
    withdrawn: {
      subject: 'Uw aanvraag is ingetrokken',
      body: 'U hebt uw aanvraag over {payment} ingetrokken. Er is niets terugbetaald en er verandert niets.',
    },
    access_ended: {
      subject: 'Uw toegang is beëindigd',
      body: 'Met de terugbetaling is uw toegang tot {payment} beëindigd, en daarmee uw abonnement. Er wordt niets meer afgeschreven.',
    },
    access_ends: {
      subject: 'Uw toegang eindigt op {until}',
      body: 'Met de terugbetaling wordt uw abonnement voor {payment} niet verlengd. U kunt het gebruiken tot {until}.',
    },
    withdrawal_received: {
      subject: 'We hebben uw herroeping ontvangen',
      body: 'Hierbij bevestigen we dat uw verklaring op {received_at} bij ons is aangekomen. Bewaar deze e-mail: de hele tekst van uw verklaring staat erin.',
    },
    sign_in: {
      subject: 'Uw link naar {shop}',
      body: 'Met deze link ziet u uw betalingen en kunt u om een terugbetaling vragen. Hij werkt één keer, 10 minuten lang. Hebt u er niet om gevraagd, dan hoeft u niets te doen.',
    },
  },
  labels: {
    payment: 'Betaling',
    amount: 'Bedrag',
    method: 'Gaat naar',
    expected: 'Verwacht',
    reference: 'Bankreferentie',
    answer_by: 'Antwoord uiterlijk',
    access_until: 'Toegang tot',
    received_at: 'Ontvangen',
    name: 'Naam',
    contract: 'Overeenkomst',
    email: 'E-mail',
  },
  see: 'Uw aanvraag bekijken',
  answer: 'Antwoorden',
  open: 'Mijn betalingen openen',
  or_copy: 'Of kopieer dit adres naar uw browser:',
  why_you: 'U krijgt deze e-mail vanwege een aanvraag voor terugbetaling van een betaling aan {shop}.',
  keep_link: 'De link toont uw aanvraag aan iedereen die hem heeft: geef hem niet door.',
  original_method: 'de oorspronkelijke betaalmethode',
  card: 'kaart',
}
