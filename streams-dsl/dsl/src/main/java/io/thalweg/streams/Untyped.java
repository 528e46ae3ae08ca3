package io.thalweg.streams;

import java.util.function.BiFunction;
import java.util.function.Function;

/** Where the types of the DSL end: the operators work on objects, and the DSL has made sure that they fit. */
final class Untyped {

    private Untyped() {}

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T> T cast(Object typed) {
        return (T) typed;
    }

    /** A function of the value as one of key and value. */
    static <K, V, R> BiFunction<K, V, R> ofValue(Function<? super V, ? extends R> function) {
        return (key, value) -> function.apply(value);
    }
}
