package com.acme;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/** Publishes a click now and then, over the event bus. */
public class Clicks extends VerticleBase {

    private int count;

    @Override
    public Future<?> start() {
        vertx.setPeriodic(config().getInteger("intervalMillis", 100), tick -> publish());
        return publish(); // deployed once the first click is in the log
    }

    private Future<?> publish() {
        String page = "/page/" + count++ % 3;
        JsonObject record = new JsonObject().put("key", page).put("value", new JsonObject().put("page", page));
        // To "produce" with a header, since the topic may not exist yet; to "produce.clicks" once it does.
        return vertx.eventBus().request("produce", record, new DeliveryOptions().addHeader("topic", "clicks"));
    }
}
