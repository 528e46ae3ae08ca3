package io.thalweg.connectors.api;

import org.jspecify.annotations.Nullable;

/** A header of a record; keys may repeat. */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record Header(String key, byte @Nullable [] value) {}
