package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.json.RecordFilter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/topics/{topic}/events}: opens {@link EventStream}s and ends them when the door closes. */
final class EventStreamHandler {
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Vertx vertx;
    private final DoorContext door;
    private final StartPositions starts;
    private final Set<EventStream> open = new HashSet<>();

    EventStreamHandler(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
        this.starts = new StartPositions(door.broker());
    }

    void handle(HttpServerRequest request, String name) {
        TopicView topic = ReadHandler.existing(door, name);
        QueryParameters query = QueryParameters.of(request, "from", "group", "filter", "lastEventId");
        String expression = query.text("filter");
        RecordFilter filter = expression == null ? null : RecordFilter.parse(expression);
        String group = query.text("group");
        String from = from(request, query, group);
        if (door.draining()) {
            throw HttpProblem.pushedBack("the node is stopping");
        }
        if (!door.streamOpened()) {
            throw HttpProblem.pushedBack("streamsMax=" + door.config().limits().streamsMax() + " are open");
        }
        EventStream stream = new EventStream(vertx, door, request, topic, filter, this::closed);
        open.add(stream);
        request.response().closeHandler(gone -> stream.close());
        if (group != null) {
            stream.startInGroup(group, from);
            return;
        }
        Context context = vertx.getOrCreateContext();
        List<Integer> partitions =
                IntStream.range(0, topic.partitions().size()).boxed().toList();
        starts.of(topic, partitions, from)
                .compose(positions -> starts.keepWithin(topic, positions)
                        .onSuccess(gaps -> context.runOnContext(own -> stream.startAlone(positions, gaps))))
                .onFailure(failure -> context.runOnContext(own -> stream.fail(failure)));
    }

    /** The header that EventSource sends when it reconnects wins; the query parameter is for clients that cannot set one. */
    private static String from(HttpServerRequest request, QueryParameters query, @Nullable String group) {
        String lastEventId = request.getHeader(LAST_EVENT_ID);
        if (lastEventId == null || lastEventId.isEmpty()) {
            lastEventId = query.text("lastEventId");
        }
        if (group != null) {
            String from = query.text("from", "earliest");
            if (!from.equals("earliest") && !from.equals("latest")) {
                throw HttpProblem.invalid(
                        "from must be earliest or latest with group, for partitions without a commit");
            }
            return from;
        }
        return lastEventId != null && !lastEventId.isEmpty() ? lastEventId : query.text("from", "latest");
    }

    private void closed(EventStream stream) {
        if (open.remove(stream)) {
            door.streamClosed();
        }
    }

    /** Ends every stream; their clients come back with what they saw last. */
    void closeAll() {
        List.copyOf(open).forEach(EventStream::end);
    }
}
