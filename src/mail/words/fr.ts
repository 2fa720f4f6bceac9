import type { MailWords } from './words.ts'

export const fr: MailWords = {
  letters: {
    received: {
      subject: 'Nous avons reçu votre demande de remboursement',
      body: 'Nous avons reçu votre demande concernant {payment}. Vous aurez notre réponse dès que la décision sera prise.',
    },
    in_review: {
      subject: 'Une personne va examiner votre demande',
      body: 'Une personne de notre équipe examine votre demande concernant {payment} et vous répond avant le {due}.',
    },
    question: {
      subject: 'Une question sur votre demande de remboursement',
      body: 'Pour décider de votre demande concernant {payment}, nous avons besoin d’une précision de votre part.',
    },
    approved: {
      subject: 'Votre remboursement de {amount} est accepté',
      body: 'Nous renvoyons {amount} sur {method}.',
    },
    denied: {
      subject: 'À propos de votre demande de remboursement',
      body: 'Nous ne pouvons pas rembourser {payment}.',
    },
    handled: {
      subject: 'Votre demande de remboursement est réglée',
      body: 'Votre demande concernant {payment} est réglée.',
    },
    refunded: {
      subject: 'Votre remboursement de {amount} est envoyé',
      body: 'Nous avons envoyé {amount} sur {method}. Le délai d’arrivée dépend de la banque.',
    },
    needs_bank_details: {
      subject: 'Il nous faut vos coordonnées bancaires pour le remboursement',
      body: 'Pour vous envoyer {amount}, nous devons savoir où. Stripe vous a envoyé un e-mail qui demande vos coordonnées bancaires.',
    },
    failed: {
      subject: 'Votre remboursement de {amount} n’a pas abouti',
      body: 'Nous avons essayé d’envoyer {amount} sur {method}, sans succès. Une personne de notre équipe s’en occupe ; vous n’avez rien à faire.',
    },
    bounced: {
      subject: 'Votre banque nous a renvoyé le remboursement de {amount}',
      body: 'Votre banque nous a renvoyé {amount} : le remboursement ne vous est donc pas parvenu. Votre accès reste comme avant. Une personne de notre équipe cherche un autre moyen.',
    },
    withdrawn: {
      subject: 'Votre demande est retirée',
      body: 'Vous avez retiré votre demande concernant {payment}. Rien n’a été remboursé et rien ne change.',
    },
    access_ended: {
      subject: 'Votre accès a pris fin',
      body: 'Avec le remboursement, votre accès à {payment} a pris fin, ainsi que votre abonnement. Plus rien ne sera prélevé.',
    },
    access_ends: {
      subject: 'Votre accès prend fin le {until}',
      body: 'Avec le remboursement, votre abonnement pour {payment} ne sera pas renouvelé. Vous pouvez l’utiliser jusqu’au {until}.',
    },
    withdrawal_received: {
      subject: 'Nous avons reçu votre rétractation',
      body: 'Nous confirmons que votre déclaration nous est parvenue le {received_at}. Conservez cet e-mail : il contient le texte complet de votre déclaration.',
    },
    sign_in: {
      subject: 'Votre lien vers {shop}',
      body: 'Avec ce lien, vous voyez vos paiements et pouvez demander un remboursement. Il sert une seule fois, pendant 10 minutes. Si vous ne l’avez pas demandé, vous n’avez rien à faire.',
    },
  },
  labels: {
    payment: 'Paiement',
    amount: 'Montant',
    method: 'Envoyé sur',
    expected: 'Prévu',
    reference: 'Référence bancaire',
    answer_by: 'Réponse avant',
    access_until: 'Accès jusqu’au',
    received_at: 'Reçu',
    name: 'Nom',
    contract: 'Contrat',
    email: 'E-mail',
  },
  see: 'Voir ma demande',
  answer: 'Répondre',
  open: 'Voir mes paiements',
  or_copy: 'Ou copiez cette adresse dans votre navigateur :',
  why_you: 'Vous recevez cet e-mail à cause d’une demande de remboursement d’un paiement à {shop}.',
  keep_link: 'Ce lien montre votre demande à quiconque le possède : ne le transmettez pas.',
  original_method: 'le moyen de paiement d’origine',
  card: 'carte',
}
