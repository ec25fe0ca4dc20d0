// Package api is what scripts on this computer may read and decide: sessions,
// their words, what was found in them, and the notes of days, as JSON under
// /api/v1. It calls what the page and the terminal call and holds no logic of
// its own. Who may come in (the Host, the token, an open store) is settled
// before a request gets here: see package review.
//
// The types in types.go are the document: huma derives OpenAPI 3.1 from them,
// served at /api/v1/openapi.json. Transcripts are the fixed transcript file.
//
// To add an operation: an input and an output type, a method on api, a line in
// New. An error becomes a problem (RFC 9457) with the code of models as its
// type; its detail is our own sentence and never what was said.
package api
