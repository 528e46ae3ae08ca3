package io.thalweg.streams.processor;

import io.thalweg.streams.Serde;

/** The serdes of a table that is kept in its node's first store. */
public record Materialization(Serde<Object> keySerde, Serde<Object> valueSerde) {

    TableState state(OperatorContext context) {
        return new TableState(context.task(), context.keyValueStore(0), keySerde, valueSerde);
    }
}
