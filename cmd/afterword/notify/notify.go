package notify

import "time"

// Notice is what is shown. It says nothing that a stranger may not read, for
// screens are seen by others. It is a title alone: a text under it may be taken
// for markup.
type Notice struct {
	Title   string
	Choices []Choice
}

// Choice is a button under a notice. Key "default" is a click on the notice
// itself.
type Choice struct{ Key, Label string }

// Answer is what the person chose.
type Answer struct {
	ID  uint32 // of the notice
	Key string
}

// patience bounds every wait for the bus.
const patience = 5 * time.Second
