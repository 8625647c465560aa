namespace LeadOrchestrator.Bench.Driving;

/// <summary>Takes HTTP's chunks apart, whatever way they were cut on the wire.</summary>
internal sealed class Chunks
{
    private State _state;
    private int _size;

    private enum State
    {
        Size,
        Data,
        DataEnd,
        LastEnd,
        End,
    }

    /// <summary>Was the last chunk read to its end?</summary>
    public bool IsAtEnd => _state == State.End;

    /// <summary>A new body begins.</summary>
    public void Begin() => (_state, _size) = (State.Size, 0);

    /// <summary>The next piece of data; may be empty though there is more.</summary>
    /// <param name="used">How much of the input is done with.</param>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> input, out int used)
    {
        if (_state == State.Data)
        {
            used = Math.Min(_size, input.Length);
            _size -= used;
            _state = _size == 0 ? State.DataEnd : State.Data;
            return input[..used];
        }

        for (used = 0; used < input.Length && _state is not (State.Data or State.End);)
        {
            Note(input[used++]);
        }

        return [];
    }

    private void Note(byte value)
    {
        if (value == '\n')
        {
            _state = _state switch
            {
                State.Size when _size > 0 => State.Data,
                State.Size => State.LastEnd,
                State.DataEnd => State.Size,
                _ => State.End,
            };
        }
        else if (_state == State.Size && char.IsAsciiHexDigit((char)value))
        {
            _size = (_size * 16) + (value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10);
        }
    }
}
