package io.thalweg.system.command;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/** A user's verticle: publishes its configured greeting over the event bus, and throws on its timer ever after. */
public final class GreetingVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        vertx.setPeriodic(50, fired -> {
            throw new IllegalStateException("a user's mistake");
        });
        // "produce" with a header serves a topic that does not exist yet; "produce.<topic>" one that does.
        return vertx.eventBus()
                .request(
                        "produce",
                        new JsonObject().put("value", "greetings"),
                        new DeliveryOptions().addHeader("topic", config().getString("topic")));
    }
}
