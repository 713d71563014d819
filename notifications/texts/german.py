"""Deutsch, per Sie.

Wörter: request = Anfrage; ticket (auf unserer Seite) = Ticket; protocol = Vorgangsnummer; deadline = Frist; target = Ziel; first
response = erste Antwort; next response = nächste Antwort; regular update = regelmäßige Zwischennachricht; resolution = Lösung;
business hours = Geschäftsstunden (was gezählt wird), Geschäftszeiten (wann geöffnet ist); missed = überschritten; escalated =
eskaliert; owner = zuständig; desk = unser Support, beim Namen.
"""

TEXTS = {
    "ticket_opened": (
        "Wir haben Ihre Anfrage Nr. {number} erhalten: {summary}",
        """
{greeting}

wir haben Ihre Anfrage **{summary}** registriert. Ihre Vorgangsnummer ist **{number}**.

{promise}

{scope}

Wir haben jetzt geschlossen und öffnen am **{opens_at}**. Ihre Anfrage wartet bis dahin; Sie müssen nichts tun.

Kann es nicht warten? Arbeit jetzt wird nach Stunden berechnet, zu {rate}: erst kommt ein Angebot, und wir beginnen nur, wenn Sie es angenommen haben.

[Um Arbeit jetzt bitten]({night_url})

[Anfrage verfolgen]({ticket_url})

{sharing}
""",
    ),
    "contact_declined": (
        "Ihre Nachricht an {desk} hat keine Anfrage eröffnet",
        """
{greeting}

danke, dass Sie uns geschrieben haben. Ihre Nachricht „{summary}“ wurde **nicht** als Anfrage registriert.

{reason}

[Anfrage im Portal stellen]({portal_url})
""",
    ),
    "chat_transcript": (
        "Ihr Chat Nr. {number}: {summary}",
        """
{greeting}

das wurde in Ihrem Chat mit {desk} geschrieben:

> {transcript}

[Im Portal öffnen]({ticket_url})
""",
    ),
    "ticket_merged": (
        "Ihre Anfrage Nr. {number} geht in Nr. {other_number} weiter",
        """
{greeting}

Wir haben Ihre Anfrage **Nr. {number}: {summary}** mit **Nr. {other_number}: {other_summary}** verbunden und machen in Nr. {other_number} weiter, mit allem, was Sie geschrieben haben.

[Anfrage öffnen]({ticket_url})

Sie müssen nichts tun: Ihre Antwort auf jede unserer E-Mails erreicht uns dort.
""",
    ),
    "ticket_unmerged": (
        "Ihre Anfrage Nr. {number} ist wieder eine eigene",
        """
{greeting}

Wir hatten Ihre Anfrage **Nr. {number}: {summary}** mit Nr. {other_number} verbunden. Das war ein Irrtum: Sie ist wieder eine eigene Anfrage mit eigener Frist.

[Anfrage öffnen]({ticket_url})
""",
    ),
    "handed_over": (
        "An Ihr Team übergeben: Nr. {number} {summary}",
        """
{greeting}

{author} hat **Nr. {number}: {summary}** an Ihr Team {team} übergeben.

> {message}

Fällig: {due_at}.

[Anfrage öffnen]({ticket_url})
""",
    ),
    "ticket_replied": (
        "Antwort auf Ihre Anfrage Nr. {number}: {summary}",
        """
{greeting}

{author} hat auf Ihre Anfrage **Nr. {number}** geantwortet:

> {message}

[Lesen und antworten]({ticket_url})
""",
    ),
    "request_incomplete": (
        "Uns fehlt noch etwas zu Ihrer Anfrage Nr. {number}: {summary}",
        """
{greeting}

um Ihre Anfrage **Nr. {number}** zu bearbeiten, brauchen wir noch:

> {missing}

Unsere Antwortfrist beginnt, sobald es uns vorliegt.

[Anfrage vervollständigen]({ticket_url})
""",
    ),
    "secret_masked": (
        "Wir haben Vertrauliches in Anfrage Nr. {number} unkenntlich gemacht: {summary}",
        """
{greeting}

Ihre Nachricht zur Anfrage **Nr. {number}** enthielt, was wie ein Passwort, ein Schlüssel oder eine Kartennummer aussieht.
Wir haben es vor dem Speichern unkenntlich gemacht.

Bitte senden Sie dem Support niemals Zugangsdaten, und ändern Sie die gesendeten.

[Anfrage ansehen]({ticket_url})
""",
    ),
    "files_refused": (
        "Einige Dateien wurden nicht gespeichert: Nr. {number}: {summary}",
        """
{greeting}

Ihre Nachricht zur Anfrage **Nr. {number}** ist angekommen, aber nicht alle Dateien konnten gespeichert werden:

> {refused}

[Auf anderem Weg anhängen]({ticket_url})
""",
    ),
    "silence_reminder": (
        "Brauchen Sie noch Hilfe bei Nr. {number}: {summary}?",
        """
{greeting}

wir warten auf Ihre Antwort zur Anfrage **Nr. {number}**, {summary}.

Wenn wir nichts von Ihnen hören, wird sie automatisch geschlossen: **{closes_at}**.

[Ich brauche noch Hilfe]({still_url})

[Gelöst, bitte schließen]({solved_url})

[Lesen und antworten]({ticket_url})
""",
    ),
    "silence_closed": (
        "Anfrage Nr. {number} wurde geschlossen: {summary}",
        """
{greeting}

wir haben keine Antwort von Ihnen erhalten; deshalb ist die Anfrage **Nr. {number}**, {summary}, jetzt geschlossen.

Brauchen Sie noch Hilfe? Schreiben Sie in der Anfrage, und wir machen dort weiter, wo wir aufgehört haben.

[Anfrage öffnen]({ticket_url})
""",
    ),
    "silence_closed_staff": (
        "Nr. {number} wurde automatisch geschlossen: {summary}",
        """
Das Ticket **Nr. {number}**, {summary}, von {requester} wurde automatisch geschlossen.

Firma: {company}

{reason}

[Ticket öffnen]({ticket_url})
""",
    ),
    "ticket_closed_staff": (
        "Nr. {number} ist geschlossen: {summary}",
        """
{author} hat das Ticket **Nr. {number}**, {summary}, geschlossen.

Firma: {company}

[Ticket öffnen]({ticket_url})
""",
    ),
    "ticket_resolved": (
        "Anfrage Nr. {number} ist gelöst: {summary}",
        """
{greeting}

wir haben Ihre Anfrage **Nr. {number}** gelöst. Das ist die Lösung:

> {solution}

[Wie zufrieden sind Sie mit unserer Hilfe?]({rate_url})

Stimmt noch etwas nicht? Antworten Sie in der Anfrage, und wir machen dort weiter.

Wenn Sie nichts mehr schreiben, wird sie automatisch geschlossen: **{closes_at}**.

[Anfrage lesen]({ticket_url})
""",
    ),
    "ticket_reopened": (
        "Nr. {number} ist wieder offen: {summary}",
        """
{greeting}

die Anfrage **Nr. {number}**, {summary}, ist wieder offen.

Wieder geöffnet von {author}.

> {because}

[Anfrage öffnen]({ticket_url})
""",
    ),
    "ticket_closed": (
        "Anfrage Nr. {number} ist geschlossen: {summary}",
        """
{greeting}

Ihre Anfrage **Nr. {number}**, {summary}, ist geschlossen. Sie können sie jederzeit lesen.

> {solution}

[Anfrage lesen]({ticket_url})
""",
    ),
    "deadline_moved": (
        "Neuer Termin für Ihre Anfrage Nr. {number}: {summary}",
        """
{greeting}

der zugesagte Termin für Ihre Anfrage **Nr. {number}** hat sich geändert: {metric} bis **{due_at}**.

Bisher: {was_due_at}.

{because}

[Anfrage ansehen]({ticket_url})
""",
    ),
    "expected_by": (
        "Wann wir Anfrage Nr. {number} voraussichtlich lösen: {summary}",
        """
{greeting}

wir werden Ihre Anfrage **Nr. {number}** voraussichtlich bis **{expected_at}** lösen.

Bisher rechneten wir mit {was_expected_at}.

> {because}

[Anfrage ansehen]({ticket_url})
""",
    ),
    "rated": (
        "{score} von 5 ({rating}) für Nr. {number}: {summary}",
        """
{requester} hat unsere Hilfe bei **Nr. {number}**, {summary}, bewertet: **{score} von 5**, {rating}.

Firma: {company}

> {comment}

[Ticket öffnen]({ticket_url})
""",
    ),
    "customer_replied": (
        "{author} hat in Nr. {number} geantwortet: {summary}",
        """
{author} schrieb in **Nr. {number}**, {summary}:

Firma: {company}

> {message}

[Ticket öffnen]({ticket_url})
""",
    ),
    "assigned": (
        "Jetzt Ihres: Nr. {number} {summary}",
        """
{greeting}

das Ticket **Nr. {number}**, {summary}, ist Ihnen zugewiesen.

Zugewiesen von {author}.

Firma: {company}

Nächste Frist: **{due_at}**

[Ticket öffnen]({ticket_url})
""",
    ),
    "deadline_warning": (
        "Frist läuft bald ab: Nr. {number} ({metric}): {summary}",
        """
Die Frist für **Nr. {number}**, {summary}, ({metric}) endet am **{due_at}**.

Firma: {company}

Zuständig: {owner}

[Ticket öffnen]({ticket_url})
""",
    ),
    "deadline_breached": (
        "Frist überschritten: Nr. {number} ({metric}): {summary}",
        """
Die Frist für **Nr. {number}**, {summary}, ({metric}) ist am **{due_at}** abgelaufen.

Firma: {company}

Zuständig: {owner}

[Ticket öffnen]({ticket_url})
""",
    ),
    "escalated": (
        "Eskaliert: Nr. {number} {summary}",
        """
Das Ticket **Nr. {number}**, {summary}, wurde eskaliert.

{because}

{change}

Firma: {company}

Zuständig: {owner}

[Ticket öffnen]({ticket_url})
""",
    ),
    "emergency_alert": (
        "NOTFALL #{number}: {summary}",
        """
{company}: ein Notfall, um den sich noch niemand kümmert. **#{number}**, {summary}, von {requester}.

Angekreuzt: {conditions}

Telefon: {phone}

Dies ist Alarm Nummer {round}: Bisher hat ihn niemand übernommen, und auch die Aufsicht wird verständigt.

[Ich übernehme]({claim_url})

Der Knopf steht auf der Seite hinter diesem Link. Wer ihn zuerst drückt, hat den Notfall. Der Link gehört nur Ihnen: Geben Sie ihn nicht weiter.
""",
    ),
    "emergency_alerted": (
        "Notfall #{number}: Die ganze Bereitschaft ist alarmiert",
        """
{greeting}

Ihre Anfrage **#{number}**, {summary}, ist ein Notfall. Die ganze Bereitschaft ist alarmiert, und wer zuerst kann, übernimmt. Sie erfahren, wer sich um Sie kümmert.

{free}

[Anfrage verfolgen]({ticket_url})
""",
    ),
    "emergency_taken": (
        "{author} kümmert sich um Ihren Notfall #{number}",
        """
{greeting}

**{author}** hat Ihren Notfall **#{number}**, {summary}, übernommen und kümmert sich jetzt darum.

{free}

[Anfrage verfolgen]({ticket_url})
""",
    ),
    "emergency_taken_staff": (
        "{author} hat Notfall #{number} übernommen",
        """
**{author}** hat den Notfall **#{number}**, {summary}, übernommen. Sie müssen nichts mehr tun.

Firma: {company}

[Ticket öffnen]({ticket_url})
""",
    ),
    "feed_failed": (
        "Der Kalender „{feed}“ von {company} ist nicht lesbar",
        """
{greeting}

Der Kalender **{feed}** von {company} ließ sich mehrmals hintereinander nicht lesen:

> {reason}

Die Auktionen, die er gebracht hat, bleiben, wie sie sind. Er wird von selbst weiter versucht, nur seltener.

[Kalender ansehen]({feed_url})
""",
    ),
    "webhook_switched_off": (
        "Der Webhook „{webhook}“ wurde abgeschaltet",
        """
{greeting}

der Webhook **{webhook}** wurde abgeschaltet. Er meldet {address}, was hier geschieht, und konnte es nicht mehr:

> {reason}

Was noch nicht angekommen ist, bleibt erhalten und kann erneut gesendet werden;
was von jetzt an geschieht, wird erst wieder gemeldet, wenn er eingeschaltet ist.

[Webhook ansehen]({webhook_url})
""",
    ),
    "reply_bounced": (
        "Eine Antwort in Nr. {number} kam zurück: {summary}",
        """
Eine Antwort in **Nr. {number}**, {summary}, hat {recipient} nicht erreicht.

> {reason}

[Ticket öffnen]({ticket_url})
""",
    ),
    "invitation": (
        "Einladung zu {desk}",
        """
{greeting}

für Sie gibt es ein Konto bei **{desk}**. Wählen Sie ein Passwort, dann können Sie sich anmelden.

Eingeladen von {inviter}.

[Passwort wählen]({activate_url})

Der Link gilt bis {expires_at} und nur einmal.
""",
    ),
    "registration": (
        "Ihr Konto bei {desk}",
        """
{greeting}

jemand, hoffentlich Sie, hat mit dieser Adresse, der Ihres Kaufs, ein Konto bei **{desk}** beantragt.

[Konto aktivieren]({activate_url})

Der Link gilt bis {expires_at} und nur einmal. Wenn Sie es nicht waren, tun Sie nichts: Es wird kein Konto eröffnet.
""",
    ),
    "account_known": (
        "Sie haben bereits ein Konto bei {desk}",
        """
{greeting}

jemand, hoffentlich Sie, hat mit dieser Adresse ein Konto bei **{desk}** beantragt. Sie haben schon eines: Bitte nutzen Sie es.

Wenn Sie das Passwort nicht mehr wissen, wählen Sie ein neues.

[Neues Passwort wählen]({reset_url})

Der Link gilt bis {expires_at} und nur einmal. Wenn Sie es nicht waren, tun Sie nichts.
""",
    ),
    "address_changed": (
        "Eine andere Adresse für Ihr Konto bei {desk}",
        """
{greeting}

unser Team hat die Adresse geändert, an der wir Sie bei **{desk}** erkennen.

Bisher: {old}

Ab jetzt: {new}

Grund: {because}

Melden Sie sich mit der neuen Adresse an; Ihr Passwort bleibt. Wenn Sie das nicht gewünscht haben, antworten Sie bitte sofort.
""",
    ),
    "password_reset": (
        "Ein neues Passwort für {desk}",
        """
{greeting}

jemand, hoffentlich Sie, hat ein neues Passwort für **{desk}** angefordert.

[Neues Passwort wählen]({reset_url})

Der Link gilt bis {expires_at} und nur einmal. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
""",
    ),
    "quote_wanted": (
        "Angebot gewünscht für #{number}: {work}",
        """
{author} bittet um ein Angebot: **{work}**, für Ticket **#{number}**, {summary}.

Firma: {company}

> {message}

[Angebot schreiben]({quote_url})
""",
    ),
    "quote_sent": (
        "Ein Angebot zu Ihrer Anfrage #{number}: {amount}",
        """
{greeting}

{author} schickt Ihnen ein Angebot über **{work}** zur Anfrage **#{number}**, {summary}:

> {message}

{hours}, {rate} je Stunde: **{amount}**. Es gilt bis **{valid_until}**.

Wir beginnen erst, wenn es angenommen wurde. Ohne das wird nichts berechnet.

[Lesen und entscheiden]({quote_url})
""",
    ),
    "quote_accepted": (
        "Angenommen: das Angebot zur Anfrage #{number}, {amount}",
        """
{greeting}

{author} hat das Angebot über **{work}** zur Anfrage **#{number}**, {summary}, angenommen: **{answered_at}**.

> {message}

{hours}, {rate} je Stunde: **{amount}**.

[Angebot lesen]({quote_url})
""",
    ),
    "quote_accepted_staff": (
        "#{number}: Angebot angenommen, {work}, {amount}",
        """
{author} hat das Angebot über **{work}** zu **#{number}**, {summary}, angenommen: {hours}, **{amount}**. Es kann losgehen.

Firma: {company}

> {message}

[Angebot öffnen]({quote_url})
""",
    ),
    "quote_declined": (
        "Abgelehnt: das Angebot zur Anfrage #{number}",
        """
{greeting}

{author} hat das Angebot über **{work}** zur Anfrage **#{number}**, {summary}, abgelehnt: **{answered_at}**. Es wird nichts berechnet.

> {because}

[Angebot lesen]({quote_url})
""",
    ),
    "quote_declined_staff": (
        "#{number}: Angebot abgelehnt, {work}",
        """
{author} hat das Angebot über **{work}** zu **#{number}**, {summary}, abgelehnt: {amount}.

Firma: {company}

> {because}

[Angebot öffnen]({quote_url})
""",
    ),
    "quote_ended": (
        "Das Angebot zur Anfrage #{number} ist beendet",
        """
{greeting}

Das Angebot über **{work}** zur Anfrage **#{number}**, {summary}, gilt nicht mehr: {amount}. Es wird nichts berechnet.

Wenn Sie es noch brauchen, bitten Sie in der Anfrage um ein neues.

[Anfrage lesen]({ticket_url})
""",
    ),
    "quote_ended_staff": (
        "#{number}: Angebot abgelaufen, {work}",
        """
Das Angebot über **{work}** zu **#{number}**, {summary}, ist ohne Antwort abgelaufen: {amount}, gültig bis {valid_until}.

Firma: {company}

[Angebot öffnen]({quote_url})
""",
    ),
    "meeting_asked": (
        "Zu entscheiden: {work} für #{number}, {summary}",
        """
{author} bittet um: **{work}**, gewünscht für **{wished_at}**, {hours}.

Firma: {company}

> {message}

[Entscheiden]({meeting_url})
""",
    ),
    "meeting_refused": (
        "Nicht im Rahmen Ihres Tarifs: {work}, Anfrage #{number}",
        """
{greeting}

Wir haben die Tagesordnung der Anfrage **#{number}**, {summary}, gelesen und stimmen nicht zu: **{work}**.

> {because}

Brauchen Sie es trotzdem? Dann bitten Sie um ein Angebot über Beratungsstunden; der Termin folgt, wenn Sie es angenommen haben.

[Ansehen oder darauf bestehen]({meeting_url})
""",
    ),
    "meeting_scheduled": (
        "{work}: {starts_at} (#{number})",
        """
{greeting}

**{work}** zu **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Wo: {place}

> {message}

[Ansehen]({meeting_url})
""",
    ),
    "meeting_scheduled_staff": (
        "{work}: {starts_at} (#{number})",
        """
**{work}** zu **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Firma: {company}

Wo: {place}

> {message}

[Ansehen]({meeting_url})
""",
    ),
    "meeting_cancelled": (
        "Abgesagt: {work}, {starts_at} (#{number})",
        """
{greeting}

**{work}** zu **#{number}**, {summary}, am **{starts_at}** findet nicht statt.

> {because}

[Ansehen]({meeting_url})
""",
    ),
    "meeting_cancelled_staff": (
        "Abgesagt: {work}, {starts_at} (#{number})",
        """
**{work}** zu **#{number}**, {summary}, am **{starts_at}** findet nicht statt.

> {because}

[Ansehen]({meeting_url})
""",
    ),
    "developer_asked": (
        "Ein Entwickler für #{number}? {summary}",
        """
{author} bittet, dass **{developer}** Ticket **#{number}**, {summary}, sehen darf, um Anforderungen zu klären. Sie hören von jeder Nachricht.

Firma: {company}

> {because}

[Entscheiden]({developer_url})
""",
    ),
    "developer_invited": (
        "Anforderungen gesucht: #{number}, {summary}",
        """
{greeting}

{author} bittet Sie, die Anforderungen von **#{number}**, {summary}, zu klären. Der Link zeigt Ihnen nur diese Anfrage und lässt Sie den Kunden fragen. Der Kundenbetreuer liest mit.

> {because}

[Anfrage öffnen]({developer_url})
""",
    ),
    "developer_wrote": (
        "{developer} hat in #{number} geschrieben: {summary}",
        """
**{developer}** hat dem Kunden von **#{number}**, {summary}, geschrieben:

Firma: {company}

> {message}

[Ticket öffnen]({ticket_url})
""",
    ),
    "company_report": (
        "{company}: Servicebericht {month}",
        """
{greeting}

Das ist der Bericht von **{company}** für {month}: {opened} Anfragen eröffnet, {resolved} gelöst; {met} Zusagen eingehalten, {missed} verfehlt.

[Bericht ansehen oder als PDF sichern]({report_url})
""",
    ),
}
