package io.thalweg.connectors.runtime.herder;

import io.vertx.core.json.JsonObject;

/** What a decision asks to be done. */
public sealed interface Effect {

    /** Make an instance and start it; report {@code started} or {@code ended}. */
    record StartTask(int index, long instance, JsonObject config) implements Effect {
        @Override
        public String toString() {
            return "StartTask[" + index + " instance=" + instance + "]";
        }
    }

    /** Stop an instance; report {@code ended}. */
    record StopTask(int index, long instance) implements Effect {}

    /** The task is no more: forget its state. */
    record ForgetTask(int index) implements Effect {}

    /** The connector was deleted and nothing of it exists any more. */
    record Gone() implements Effect {}
}
