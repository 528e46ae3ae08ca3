package io.thalweg.system.command;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;

/** A user's verticle: publishes its configured greeting over the event bus, and throws on its timer ever after. */
public final class GreetingVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        vertx.setPeriodic(50, fired -> {
            throw new IllegalStateException("a user's mistake");
        });
        return vertx.eventBus()
                .request("produce." + config().getString("topic"), new JsonObject().put("value", "greetings"));
    }
}
