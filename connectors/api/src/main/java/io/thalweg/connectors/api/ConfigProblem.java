package io.thalweg.connectors.api;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one key of a configuration.
 *
 * @param found null if the key is absent, or if its value is secret
 * @param allowed what would do, in words that someone who fills in a form understands
 */
public record ConfigProblem(String key, @Nullable String found, String allowed) {}
