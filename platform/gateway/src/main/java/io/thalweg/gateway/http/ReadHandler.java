package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.gateway.http.RecordFetcher.FetchedPage;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordFilter;
import io.thalweg.gateway.json.RecordJsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/topics/{topic}/records}: a stateless read. Confined to one event loop. */
final class ReadHandler {
    private static final int LIMIT_DEFAULT = 100;
    private static final int BYTES_DEFAULT = 1 << 20;

    private final DoorContext door;
    private final StartPositions starts;
    private final RecordFetcher fetcher;

    ReadHandler(Vertx vertx, DoorContext door) {
        this.door = door;
        this.starts = new StartPositions(door.broker());
        this.fetcher = new RecordFetcher(vertx, door.broker());
    }

    void handle(HttpServerRequest request, String name) {
        HttpLimits limits = door.config().limits();
        TopicView topic = existing(door, name);
        QueryParameters query = QueryParameters.of(request, "partition", "from", "limit", "wait", "maxBytes", "filter");
        List<Integer> partitions = partitions(topic, query);
        int limit = query.integer("limit", LIMIT_DEFAULT, 1, limits.readRecordsMax());
        int maxBytes = query.integer("maxBytes", BYTES_DEFAULT, 1, limits.readBytesMax());
        int waitMillis = query.integer("wait", 0, 0, limits.readWaitMillisMax());
        String expression = query.text("filter");
        RecordFilter filter = expression == null ? null : RecordFilter.parse(expression);
        starts.of(topic, partitions, query.text("from", "earliest"))
                .compose(positions -> fetcher.fetch(topic.name(), positions, limit, maxBytes, waitMillis))
                .onComplete(
                        page -> answer(request, topic, page, filter),
                        failure -> door.answers().problem(request, failure));
    }

    /** The topic; 404 if it does not exist, 400 if it could not. */
    static TopicView existing(DoorContext door, String name) {
        TopicView topic = door.broker().cluster().topic(name);
        if (topic == null) {
            throw HttpProblem.unknownTopic(TopicNames.checked(name));
        }
        return topic;
    }

    private static List<Integer> partitions(TopicView topic, QueryParameters query) {
        int count = topic.partitions().size();
        int partition = query.integer("partition", -1, 0, Integer.MAX_VALUE);
        if (partition >= count) {
            throw new HttpProblem(
                    404,
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "partition=" + partition + " does not exist; topic=" + topic.name() + " has " + count);
        }
        return partition >= 0
                ? List.of(partition)
                : IntStream.range(0, count).boxed().toList();
    }

    private void answer(HttpServerRequest request, TopicView topic, FetchedPage page, @Nullable RecordFilter filter) {
        JsonWriter json = new JsonWriter(256 + 256 * page.records().size());
        json.beginObject().name("records").beginArray();
        for (ReceivedRecord record : page.records()) {
            if (filter == null || filter.accepts(record)) {
                RecordJsonWriter.write(json, record, false);
            }
        }
        json.endArray().field("next", PositionCursor.encode(topic, page.next()));
        if (filter != null) {
            json.field("looked", page.records().size());
        }
        json.endObject();
        door.metrics().recordsRead.add(page.records().size());
        door.answers().json(request, 200, json);
    }
}
