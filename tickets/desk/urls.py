"""A change of a ticket is a noun: POST /desk/tickets/42/resolution/ resolves it, GET shows its form."""

from __future__ import annotations

from django.urls import path

from tickets.canned import pages as canned
from tickets.chat import agents
from tickets.duty import desk_pages

from . import changes, contacts, declined, merging, opening, queue, ticket, windows, writing

app_name = "desk"

urlpatterns = [
    path("", queue.queue_page, name="queue"),
    path("next/", queue.next_ticket, name="next"),
    path("new/", opening.new_ticket, name="new"),
    path("new/callers/", opening.callers, name="callers"),
    path("new/person/", opening.person, name="person"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("windows/", windows.windows, name="windows"),
    path("windows/<int:pk>/", windows.window, name="window"),
    path("windows/<int:pk>/end/", windows.end, name="window-end"),
    path("canned/", canned.answers, name="canned"),
    path("canned/<int:pk>/", canned.answer, name="canned-answer"),
    path("canned/<int:pk>/deletion/", canned.deletion, name="canned-deletion"),
    path("tickets/<int:number>/canned/", canned.choice, name="canned-choice"),
    path("duty/", desk_pages.duty, name="duty"),
    path("duty/<int:team>/changes/", desk_pages.changes, name="duty-changes"),
    path("duty/changes/<int:pk>/withdrawal/", desk_pages.withdrawal, name="duty-withdrawal"),
    path("feeds/", desk_pages.upload, name="feed-upload"),
    path("tickets/<int:number>/claim/", desk_pages.claim, name="claim"),
    path("tickets/<int:number>/emergency/", desk_pages.emergency, name="emergency"),
    path("chats/", agents.chats, name="chats"),
    path("tickets/<int:number>/chat/", agents.live, name="chat"),
    path("tickets/<int:number>/", ticket.ticket_page, name="ticket"),
    path("tickets/<int:number>/clocks/<str:metric>/", ticket.clock, name="clock"),
    path("tickets/<int:number>/replies/", writing.replies, name="replies"),
    path("tickets/<int:number>/notes/", writing.notes, name="notes"),
    path("tickets/<int:number>/assignment/", changes.assignment, name="assignment"),
    path("tickets/<int:number>/triage/", changes.triage, name="triage"),
    path("tickets/<int:number>/waiting/", changes.waiting, name="waiting"),
    path("tickets/<int:number>/work/", changes.work, name="work"),
    path("tickets/<int:number>/resolution/", changes.resolution, name="resolution"),
    path("tickets/<int:number>/closure/", changes.closure, name="closure"),
    path("tickets/<int:number>/reopening/", changes.reopening, name="reopening"),
    path("tickets/<int:number>/completeness/", changes.completeness, name="completeness"),
    path("tickets/<int:number>/scope/", changes.scope, name="scope"),
    path("tickets/<int:number>/situations/", changes.situations, name="situations"),
    path("tickets/<int:number>/expectation/", changes.expectation, name="expectation"),
    path("tickets/<int:number>/merging/", merging.merging, name="merging"),
    path("tickets/<int:number>/merging/undo/", merging.unmerging, name="unmerging"),
    path("tickets/<int:number>/splitting/", merging.splitting, name="splitting"),
    path("tickets/<int:number>/splitting/undo/", merging.unsplitting, name="unsplitting"),
    path("tickets/<int:number>/handover/", merging.handover, name="handover"),
    path("tickets/<int:number>/exclusion/", merging.exclusion, name="exclusion"),
    path("tickets/<int:number>/messages/<int:pk>/redaction/", merging.redaction, name="redaction"),
    path("reports/declined/", declined.report, name="declined"),
    path("reports/declined/table.csv", declined.table, name="declined-table"),
    path("tickets/<int:number>/participants/", changes.participants, name="participants"),
]
