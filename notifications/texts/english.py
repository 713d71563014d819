"""English."""

TEXTS = {
    "ticket_opened": (
        "We have your request #{number}: {summary}",
        """
{greeting}

We have registered your request **{summary}**. Its number is **{number}**: it is your protocol.

{promise}

{scope}

We are closed now, and open on **{opens_at}**. Your request waits until then; you need do nothing.

Can it not wait? Work now is billed by the hour, at {rate}: we quote it first, and begin only when you have accepted.

[Ask for work now]({night_url})

[Follow the request]({ticket_url})

{sharing}
""",
    ),
    "contact_declined": (
        "Your message to {desk} has opened no request",
        """
{greeting}

Thank you for writing. Your message “{summary}” has **not** been registered as a request.

{reason}

[Open a request in the portal]({portal_url})
""",
    ),
    "chat_transcript": (
        "Your chat #{number}: {summary}",
        """
{greeting}

This is what was said in your chat with {desk}:

> {transcript}

[Open it in the portal]({ticket_url})
""",
    ),
    "ticket_merged": (
        "Your request #{number} goes on in #{other_number}",
        """
{greeting}

We have joined your request **#{number}: {summary}** with **#{other_number}: {other_summary}** and go on in #{other_number}, with everything that you wrote.

[Open the request]({ticket_url})

You need not do anything: an answer to our mails about either reaches us there.
""",
    ),
    "ticket_unmerged": (
        "Your request #{number} is a request of its own again",
        """
{greeting}

We had joined your request **#{number}: {summary}** with #{other_number}. That was a mistake: it is a request of its own again, with its own time.

[Open the request]({ticket_url})
""",
    ),
    "handed_over": (
        "Handed over to your team: #{number} {summary}",
        """
{greeting}

{author} handed **#{number}: {summary}** over to your team, {team}.

> {message}

It is due on {due_at}.

[Open the ticket]({ticket_url})
""",
    ),
    "ticket_replied": (
        "Reply to your request #{number}: {summary}",
        """
{greeting}

{author} has replied to your request **#{number}**:

> {message}

[Read and answer]({ticket_url})
""",
    ),
    "request_incomplete": (
        "We need something more for request #{number}: {summary}",
        """
{greeting}

To work on your request **#{number}** we still need:

> {missing}

Our time to answer begins when we have it.

[Complete the request]({ticket_url})
""",
    ),
    "secret_masked": (
        "We masked a secret in request #{number}: {summary}",
        """
{greeting}

Your message to request **#{number}** held what looks like a password, a key or a card number. We masked it before keeping it.

Please never send secrets to support, and change the one you sent.

[See the request]({ticket_url})
""",
    ),
    "files_refused": (
        "Some files were not kept: #{number}: {summary}",
        """
{greeting}

Your message reached request **#{number}**, but not all of its files could be kept:

> {refused}

[Attach them in another way]({ticket_url})
""",
    ),
    "silence_reminder": (
        "Do you still need help with #{number}: {summary}?",
        """
{greeting}

We are waiting for your answer to request **#{number}**, {summary}.

If we do not hear from you, it closes by itself on **{closes_at}**.

[I still need help]({still_url})

[Solved, close it]({solved_url})

[Read and answer]({ticket_url})
""",
    ),
    "silence_closed": (
        "Request #{number} was closed: {summary}",
        """
{greeting}

We have had no answer from you, so request **#{number}**, {summary}, is now closed.

Do you still need help? Write in the request, and we continue where we left off.

[Open the request]({ticket_url})
""",
    ),
    "silence_closed_staff": (
        "#{number} closed by itself: {summary}",
        """
Ticket **#{number}**, {summary}, of {requester} was closed by itself.

Company: {company}

{reason}

[Open the ticket]({ticket_url})
""",
    ),
    "ticket_closed_staff": (
        "#{number} is closed: {summary}",
        """
{author} closed **#{number}**, {summary}.

Company: {company}

[Open the ticket]({ticket_url})
""",
    ),
    "ticket_resolved": (
        "Request #{number} is resolved: {summary}",
        """
{greeting}

We have resolved your request **#{number}**. This is the solution:

> {solution}

[How satisfied are you with our help?]({rate_url})

Is something still wrong? Answer in the request and we go on from there.

If you write nothing more, it closes by itself on **{closes_at}**.

[Read the request]({ticket_url})
""",
    ),
    "ticket_reopened": (
        "#{number} is open again: {summary}",
        """
{greeting}

Request **#{number}**, {summary}, is open again.

Reopened by {author}.

> {because}

[Open the request]({ticket_url})
""",
    ),
    "ticket_closed": (
        "Request #{number} is closed: {summary}",
        """
{greeting}

Your request **#{number}**, {summary}, is closed. You can read it at any time.

> {solution}

[Read the request]({ticket_url})
""",
    ),
    "deadline_moved": (
        "New time for your request #{number}: {summary}",
        """
{greeting}

The promised time for your request **#{number}** has changed: {metric} by **{due_at}**.

Before, it was {was_due_at}.

{because}

[See the request]({ticket_url})
""",
    ),
    "expected_by": (
        "When we expect to solve request #{number}: {summary}",
        """
{greeting}

We expect to solve your request **#{number}** by **{expected_at}**.

Before, we expected {was_expected_at}.

> {because}

[See the request]({ticket_url})
""",
    ),
    "rated": (
        "{score} of 5 ({rating}) for #{number}: {summary}",
        """
{requester} rated our help with **#{number}**, {summary}: **{score} of 5**, {rating}.

Company: {company}

> {comment}

[Open the ticket]({ticket_url})
""",
    ),
    "customer_replied": (
        "{author} replied to #{number}: {summary}",
        """
{author} wrote in **#{number}**, {summary}:

Company: {company}

> {message}

[Open the ticket]({ticket_url})
""",
    ),
    "assigned": (
        "Yours now: #{number} {summary}",
        """
{greeting}

Ticket **#{number}**, {summary}, is assigned to you.

Assigned by {author}.

Company: {company}

Next deadline: **{due_at}**

[Open the ticket]({ticket_url})
""",
    ),
    "deadline_warning": (
        "Deadline near for #{number} ({metric}): {summary}",
        """
The deadline for the {metric} of **#{number}**, {summary}, is at **{due_at}**.

Company: {company}

Owner: {owner}

[Open the ticket]({ticket_url})
""",
    ),
    "deadline_breached": (
        "Deadline missed for #{number} ({metric}): {summary}",
        """
The deadline for the {metric} of **#{number}**, {summary}, passed at **{due_at}**.

Company: {company}

Owner: {owner}

[Open the ticket]({ticket_url})
""",
    ),
    "escalated": (
        "Escalated: #{number} {summary}",
        """
Ticket **#{number}**, {summary}, was escalated.

{because}

{change}

Company: {company}

Owner: {owner}

[Open the ticket]({ticket_url})
""",
    ),
    "emergency_alert": (
        "EMERGENCY #{number}: {summary}",
        """
{company}: an emergency that nobody attends yet. **#{number}**, {summary}, from {requester}.

What they ticked: {conditions}

Telephone: {phone}

This is alert number {round}: nobody has taken it so far, and the supervisors are told as well.

[I take it]({claim_url})

The button is on the page behind this link. The first to press it has the emergency. The link is yours alone: do not pass it on.
""",
    ),
    "emergency_alerted": (
        "Emergency #{number}: everybody on duty has been alerted",
        """
{greeting}

Your request **#{number}**, {summary}, is an emergency. Everybody on duty has been alerted, and the first who can takes it. You are told who attends to you.

{free}

[Follow the request]({ticket_url})
""",
    ),
    "emergency_taken": (
        "{author} attends to your emergency #{number}",
        """
{greeting}

**{author}** has taken your emergency **#{number}**, {summary}, and attends to it now.

{free}

[Follow the request]({ticket_url})
""",
    ),
    "emergency_taken_staff": (
        "{author} has taken emergency #{number}",
        """
**{author}** has taken the emergency **#{number}**, {summary}. You need do nothing more.

Company: {company}

[Open the ticket]({ticket_url})
""",
    ),
    "feed_failed": (
        "The calendar “{feed}” of {company} cannot be read",
        """
{greeting}

The calendar **{feed}** of {company} could not be read several times in a row:

> {reason}

The auctions that it has brought stay as they are. It is tried again by itself, less often.

[Look at the calendar]({feed_url})
""",
    ),
    "webhook_switched_off": (
        "The webhook “{webhook}” was switched off",
        """
{greeting}

The webhook **{webhook}** was switched off. It tells {address} what happens here, and could not any more:

> {reason}

What has not arrived yet is kept and can be sent again; what happens from now on is not told until it is switched on.

[Look at the webhook]({webhook_url})
""",
    ),
    "reply_bounced": (
        "A reply in #{number} came back: {summary}",
        """
A reply in **#{number}**, {summary}, did not reach {recipient}.

> {reason}

[Open the ticket]({ticket_url})
""",
    ),
    "invitation": (
        "You are invited to {desk}",
        """
{greeting}

There is an account for you at **{desk}**. Choose a password, and you can sign in.

Invited by {inviter}.

[Choose a password]({activate_url})

The link works until {expires_at}, and only once.
""",
    ),
    "registration": (
        "Your account at {desk}",
        """
{greeting}

Somebody, hopefully you, asked for an account at **{desk}** with this address, which is the one of your purchase.

[Activate the account]({activate_url})

The link works until {expires_at}, and only once. If it was not you, do nothing: no account is opened.
""",
    ),
    "account_known": (
        "You have an account at {desk}",
        """
{greeting}

Somebody, hopefully you, asked for an account at **{desk}** with this address. You have one already: sign in with it.

If you do not know the password any more, choose a new one.

[Choose a new password]({reset_url})

The link works until {expires_at}, and only once. If it was not you, do nothing.
""",
    ),
    "address_changed": (
        "Another address for your account at {desk}",
        """
{greeting}

Our staff has changed the address that identifies you at **{desk}**.

Before: {old}

From now on: {new}

Reason: {because}

Sign in with the new address; your password stays. If you did not ask for this, please answer at once.
""",
    ),
    "password_reset": (
        "A new password for {desk}",
        """
{greeting}

Somebody, hopefully you, asked for a new password at **{desk}**.

[Choose a new password]({reset_url})

The link works until {expires_at}, and only once. If it was not you, do nothing: your password stays as it is.
""",
    ),
    "quote_wanted": (
        "Quote wanted for #{number}: {work}",
        """
{author} asks for a quote: **{work}**, for ticket **#{number}**, {summary}.

Company: {company}

> {message}

[Write the quote]({quote_url})
""",
    ),
    "quote_sent": (
        "A quote for your request #{number}: {amount}",
        """
{greeting}

{author} sends you a quote for **{work}** on request **#{number}**, {summary}:

> {message}

{hours}, {rate} an hour: **{amount}**. It is valid until **{valid_until}**.

We begin only when it has been accepted. Nothing is billed without that.

[Read and decide]({quote_url})
""",
    ),
    "quote_accepted": (
        "Accepted: the quote for request #{number}, {amount}",
        """
{greeting}

{author} has accepted the quote for **{work}** on request **#{number}**, {summary}, on **{answered_at}**:

> {message}

{hours}, {rate} an hour: **{amount}**.

[Read the quote]({quote_url})
""",
    ),
    "quote_accepted_staff": (
        "#{number}: quote accepted, {work}, {amount}",
        """
{author} has accepted the quote for **{work}** on **#{number}**, {summary}: {hours}, **{amount}**. It may begin.

Company: {company}

> {message}

[Open the quote]({quote_url})
""",
    ),
    "quote_declined": (
        "Declined: the quote for request #{number}",
        """
{greeting}

{author} has declined the quote for **{work}** on request **#{number}**, {summary}, on **{answered_at}**. Nothing is billed.

> {because}

[Read the quote]({quote_url})
""",
    ),
    "quote_declined_staff": (
        "#{number}: quote declined, {work}",
        """
{author} has declined the quote for **{work}** on **#{number}**, {summary}: {amount}.

Company: {company}

> {because}

[Open the quote]({quote_url})
""",
    ),
    "quote_ended": (
        "The quote for request #{number} has ended",
        """
{greeting}

The quote for **{work}** on request **#{number}**, {summary}, is no longer valid: {amount}. Nothing is billed.

If you still need it, ask for a new one in the request.

[Read the request]({ticket_url})
""",
    ),
    "quote_ended_staff": (
        "#{number}: the quote has lapsed, {work}",
        """
The quote for **{work}** on **#{number}**, {summary}, has lapsed without an answer: {amount}, valid until {valid_until}.

Company: {company}

[Open the quote]({quote_url})
""",
    ),
    "meeting_asked": (
        "To decide: {work} for #{number}, {summary}",
        """
{author} asks for: **{work}**, wished for **{wished_at}**, {hours}.

Company: {company}

> {message}

[Decide]({meeting_url})
""",
    ),
    "meeting_refused": (
        "We cannot hold it as part of your plan: {work}, request #{number}",
        """
{greeting}

We have read the agenda of request **#{number}**, {summary}, and do not approve it: **{work}**.

> {because}

Is it needed all the same? Then ask for a quote of consulting hours; it is scheduled when you have accepted it.

[See it, or insist]({meeting_url})
""",
    ),
    "meeting_scheduled": (
        "{work}: {starts_at} (#{number})",
        """
{greeting}

**{work}** for **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Where: {place}

> {message}

[See it]({meeting_url})
""",
    ),
    "meeting_scheduled_staff": (
        "{work}: {starts_at} (#{number})",
        """
**{work}** for **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Company: {company}

Where: {place}

> {message}

[See it]({meeting_url})
""",
    ),
    "meeting_cancelled": (
        "Called off: {work}, {starts_at} (#{number})",
        """
{greeting}

**{work}** for **#{number}**, {summary}, on **{starts_at}** does not take place.

> {because}

[See it]({meeting_url})
""",
    ),
    "meeting_cancelled_staff": (
        "Called off: {work}, {starts_at} (#{number})",
        """
**{work}** for **#{number}**, {summary}, on **{starts_at}** does not take place.

> {because}

[See it]({meeting_url})
""",
    ),
    "developer_asked": (
        "A developer for #{number}? {summary}",
        """
{author} asks to let **{developer}** see **#{number}**, {summary}, to gather requirements. You are told of every message of theirs.

Company: {company}

> {because}

[Decide]({developer_url})
""",
    ),
    "developer_invited": (
        "Requirements wanted: #{number}, {summary}",
        """
{greeting}

{author} asks you to gather the requirements of **#{number}**, {summary}. The link below shows you this one request and lets you ask its customer. The account manager reads along.

> {because}

[Open the request]({developer_url})
""",
    ),
    "developer_wrote": (
        "{developer} wrote in #{number}: {summary}",
        """
**{developer}** wrote to the customer of **#{number}**, {summary}:

Company: {company}

> {message}

[Open the ticket]({ticket_url})
""",
    ),
    "company_report": (
        "{company}: service report {month}",
        """
{greeting}

This is the report of **{company}** for {month}: {opened} requests opened, {resolved} solved; {met} promises met, {missed} missed.

[See the report, or save it as PDF]({report_url})
""",
    ),
}
