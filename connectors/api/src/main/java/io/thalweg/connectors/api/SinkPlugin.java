package io.thalweg.connectors.api;

/** A kind of connector that writes records elsewhere. */
public non-sealed interface SinkPlugin extends ConnectorPlugin {
    SinkTask newTask();
}
