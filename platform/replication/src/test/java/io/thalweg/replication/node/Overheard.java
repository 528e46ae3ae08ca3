package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.Message.VoteRequest;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * What a frame between two nodes says of leaders, for tests that watch whole nodes from outside.
 *
 * @param follows the partitions that its sender wants to have from its receiver
 * @param leaves those that it wants to have from there no more
 * @param stands those that its sender wants to lead
 */
public record Overheard(List<LogId> follows, List<LogId> leaves, List<LogId> stands) {

    private static final Overheard NOTHING = new Overheard(List.of(), List.of(), List.of());

    public static Overheard in(int from, Buffer buffer) {
        Frame frame;
        try {
            frame = FrameReader.read(from, buffer);
        } catch (MalformedFrame malformed) {
            throw new AssertionError("a node sent what nobody can read", malformed);
        }
        if (frame instanceof Frame.Fetch fetch) {
            return new Overheard(named(fetch, true), named(fetch, false), List.of());
        }
        if (frame instanceof Frame.Messages messages) {
            List<LogId> stands = messages.messages().stream()
                    .filter(addressed -> addressed.message() instanceof VoteRequest)
                    .map(Frame.Addressed::partition)
                    .toList();
            return new Overheard(List.of(), List.of(), stands);
        }
        return NOTHING;
    }

    private static List<LogId> named(Frame.Fetch fetch, boolean wanted) {
        return fetch.partitions().stream()
                .filter(named -> (named.request() != null) == wanted)
                .map(Frame.Named::partition)
                .toList();
    }
}
