using System.Text.Json;
using System.Text.Unicode;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Finds the id of a message that cannot be parsed: broken, cut off or too large. A client that gets an error without
/// its id waits for minutes, so the id is worth this much leniency; nothing else is ever read from such a message.</summary>
internal sealed class IdScanner
{
    private const int LongestToken = StrictJson.LongestId;

    private readonly byte[] _token = new byte[LongestToken];
    private int _length;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _keyNext;
    private bool _isId;
    private bool _capturing;

    /// <summary>The id as it was sent, once seen.</summary>
    public byte[]? Id { get; private set; }

    /// <summary>True when nothing that follows can change the answer.</summary>
    public bool Done { get; private set; }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes)
        {
            if (Done)
            {
                return;
            }

            if (_inString)
            {
                InString(next);
            }
            else
            {
                Outside(next);
            }
        }
    }

    private void InString(byte next)
    {
        Capture(next);
        if (_escaped)
        {
            _escaped = false;
        }
        else if (next == '\\')
        {
            _escaped = true;
        }
        else if (next == '"')
        {
            _inString = false;
            EndOfString();
        }
    }

    private void EndOfString()
    {
        if (_depth != 1 || !_capturing)
        {
            return;
        }

        if (_keyNext)
        {
            _keyNext = false;
            _isId = _token.AsSpan(0, _length).SequenceEqual("\"id\""u8);
            _capturing = false;
        }
        else
        {
            Finish();
        }
    }

    private void Outside(byte next)
    {
        switch (next)
        {
            case (byte)'"':
                _inString = true;
                Start(_depth == 1 && (_keyNext || _isId));
                Capture(next);
                break;
            case (byte)'{' or (byte)'[':
                // A batch has no id of its own, and an id that is an object or array is none.
                Done = (_depth == 0 && next == '[') || (_depth == 1 && _isId);
                _keyNext = _depth++ == 0;
                break;
            case (byte)'}' or (byte)']':
                EndOfScalar();
                Done |= --_depth <= 0;
                break;
            case (byte)',':
                EndOfScalar();
                _keyNext = _depth == 1;
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                EndOfScalar();
                break;
            case (byte)':':
                break;
            default:
                Scalar(next);
                break;
        }
    }

    private void Scalar(byte next)
    {
        if (_depth != 1 || !_isId)
        {
            return;
        }

        if (!_capturing)
        {
            Start(true);
        }

        Capture(next);
    }

    private void EndOfScalar()
    {
        if (_depth == 1 && _isId && _capturing)
        {
            Finish();
        }
    }

    private void Start(bool capture)
    {
        _capturing = capture;
        _length = 0;
    }

    private void Capture(byte next)
    {
        if (_capturing && _length < LongestToken)
        {
            _token[_length++] = next;
        }
        else if (_capturing && _isId && !_keyNext)
        {
            Done = true;
        }
    }

    private void Finish()
    {
        Done = true;
        var token = _token.AsSpan(0, _length);
        Id = IsId(token) ? token.ToArray() : null;
    }

    private static bool IsId(ReadOnlySpan<byte> token)
    {
        if (!Utf8.IsValid(token))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(token);
            reader.Read();
            // Decoding throws for half of a surrogate pair, which must not be echoed.
            return StrictJson.IsId(reader.TokenType, token)
                && (reader.TokenType is not JsonTokenType.String || reader.GetString() is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
