package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	streamName   = "AFTERWORD"
	consumerName = "workers"
)

// maxInHand bounds the chunks that all workers together hold. Each worker
// pulls only what it has a free slot for, so this is a bound on workers.
const maxInHand = 1000

func streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:      streamName,
		Subjects:  []string{chunkPrefix + "*.*", fillSubject},
		Retention: jetstream.WorkQueuePolicy,
		Storage:   jetstream.FileStorage,
		Discard:   jetstream.DiscardNew,
		// One message per chunk, also after a restart: the window for message
		// IDs is lost then.
		MaxMsgsPerSubject:    1,
		DiscardNewPerSubject: true,
		Duplicates:           time.Minute,
		Replicas:             1,
		MaxMsgs:              -1,
		MaxBytes:             -1,
		MaxConsumers:         -1,
		MaxMsgSize:           -1,
		AllowDirect:          true,
	}
}

func consumerConfig(ackWait time.Duration, memory bool) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       consumerName,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    -1, // the ledger counts
		MaxAckPending: maxInHand,
		FilterSubject: chunkPrefix + "*.*",
		MemoryStorage: memory,
	}
}

// prepare sees that the stream in a server just started is whole, and gives it
// a new consumer: no worker of an earlier server is left, so that whatever one
// had in hand is free at once. had tells that the folder held a stream before.
func (s *Server) prepare(ctx context.Context, inner *server.Server, had bool) error {
	nc, err := nats.Connect("", nats.InProcessServer(inner), nats.NoReconnect(), nats.Name("afterword-setup"))
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(startTime))
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, streamName)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound) && !had:
		stream, err = js.CreateStream(ctx, streamConfig())
	case err == nil:
		if err = prove(ctx, stream); err != nil {
			return err
		}
		stream, err = js.UpdateStream(ctx, streamConfig())
	}
	if err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	if err := stream.Purge(ctx, jetstream.WithPurgeSubject(fillSubject)); err != nil {
		return fmt.Errorf("clear the stream: %w", err)
	}
	if err := stream.DeleteConsumer(ctx, consumerName); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("remove the old consumer: %w", err)
	}
	if _, err := stream.CreateConsumer(ctx, consumerConfig(s.cfg.AckWait, true)); err != nil {
		return fmt.Errorf("make the consumer: %w", err)
	}
	return nil
}

// setUp makes stream and consumer on a NATS server that is not ours, unless
// they are there. What is there stays as it is: whoever runs that server may
// have chosen replicas and places.
func setUp(ctx context.Context, js jetstream.JetStream) error {
	stream, err := js.Stream(ctx, streamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, streamConfig())
	}
	if err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	_, err = stream.Consumer(ctx, consumerName)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		_, err = stream.CreateConsumer(ctx, consumerConfig(30*time.Second, false))
	}
	if err != nil {
		return fmt.Errorf("open the consumer: %w", err)
	}
	return nil
}
