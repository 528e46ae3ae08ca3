package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Stores the positions that tasks on other nodes tell, in the order in which they come. */
final class PositionIntake {

    private final OffsetStore offsets;

    PositionIntake(OffsetStore offsets) {
        this.offsets = offsets;
    }

    /** Answers when all of {@code body} is in the log, or why it is not. */
    void store(Message<JsonObject> message, JsonObject body) {
        TaskIdentity task = Wire.task(body);
        List<Future<Void>> written = new ArrayList<>();
        JsonArray puts = body.getJsonArray(Wire.PUTS);
        for (int i = 0; i < puts.size(); i++) {
            JsonObject put = puts.getJsonObject(i);
            JsonObject position = put.getJsonObject(Wire.POSITION);
            written.add(offsets.put(
                    task.connector(),
                    put.getJsonObject(Wire.PARTITION),
                    position == null ? null : StoredPosition.from(position)));
        }
        Future.join(written)
                .onSuccess(stored -> message.reply(new JsonObject()))
                .onFailure(failure -> message.fail(
                        tooLarge(failure) ? Wire.REFUSED : Wire.NOT_NOW,
                        "a position was not stored: " + failure.getMessage()));
    }

    /** Whoever is seated, and however often it is tried. */
    private static boolean tooLarge(Throwable failure) {
        return switch (ThalwegException.codeOf(failure)) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD -> true;
            default -> false;
        };
    }

    /** Completes when everything so far has an outcome. */
    Future<Void> settled() {
        return offsets.settled();
    }
}
